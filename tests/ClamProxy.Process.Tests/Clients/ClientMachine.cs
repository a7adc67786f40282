using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>A machine that nothing was ever installed on: a home, a project, and no setting of whoever runs the tests.</summary>
public sealed class ClientMachine : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly TempFolder _folder = new();

    public ClientMachine()
    {
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Project);
    }

    public string Home => _folder.File("home");

    /// <summary>Where the client runs.</summary>
    public string Project => _folder.File("project");

    /// <summary>A lock file that one machine's client wrote and another's gets, as projects keep it.</summary>
    public string? Lock { get; set; }

    public string File(string name) => Path.Combine(Project, name);

    public async Task WriteAsync(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        await System.IO.File.WriteAllTextAsync(File(name), text);
    }

    /// <summary>Runs a program of PATH, or a file, to its end.</summary>
    public Task<ClientRun> RunAsync(string program, params string[] arguments) =>
        RunAsync(program, arguments, new Dictionary<string, string>());

    public async Task<ClientRun> RunAsync(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var all = new Dictionary<string, string>(environment) { ["HOME"] = Home, ["LANG"] = "C.UTF-8" };
        await using var process = ServerProcess.Start(program, arguments, all, Project, isBare: true);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{program} took longer than {Limit}:\n{process.Log}");
        }

        return new ClientRun(process.ExitCode, process.Log);
    }

    public void Dispose() => _folder.Dispose();
}
