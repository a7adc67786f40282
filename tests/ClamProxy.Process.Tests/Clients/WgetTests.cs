namespace ClamProxy.Process.Tests.Clients;

/// <summary>wget, which shows the reason phrase.</summary>
public sealed class WgetTests(ClientClamd clamd) : PlainClient(clamd)
{
    protected override Task<ClientRun> FetchAsync(ClientMachine machine, string url, string file) =>
        machine.RunAsync("wget", "-nv", "--tries=1", "-O", file, url);
}
