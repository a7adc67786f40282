namespace ClamProxy.Process.Tests.Clients;

/// <summary>curl, which keeps the reason and fails.</summary>
public sealed class CurlTests(ClientClamd clamd) : PlainClient(clamd)
{
    protected override async Task<ClientRun> FetchAsync(ClientMachine machine, string url, string file)
    {
        var run = await machine.RunAsync("curl", "-sSL", "--fail-with-body", "-o", file, url);
        return run.ExitCode == 0 ? run : run with { Screen = run.Screen + await File.ReadAllTextAsync(machine.File(file)) };
    }
}
