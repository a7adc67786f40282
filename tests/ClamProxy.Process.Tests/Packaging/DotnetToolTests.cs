using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>The .NET tool: packed of what was built for the tests, installed from that package alone, and removed.</summary>
public sealed class DotnetToolTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly TempFolder _folder = new();

    private string Packages => _folder.File("packages");

    private string Tools => _folder.File("tools");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tool_IsPackedInstalledAndUninstalled()
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        // Else it would publish into the folder that was built, which other tests make packages of.
        await DotnetAsync(
            "pack", "src/ClamProxy", "--no-build", "--configuration", configuration, "--output", Packages,
            $"--property:PublishDir={_folder.File("publish")}/");

        await DotnetAsync("tool", "install", "ClamProxy", "--tool-path", Tools, "--source", Packages);
        Assert.StartsWith("clamproxy ", await RunAsync(Path.Combine(Tools, "clamproxy"), "--version"), StringComparison.Ordinal);

        await DotnetAsync("tool", "uninstall", "ClamProxy", "--tool-path", Tools);
        Assert.False(File.Exists(Path.Combine(Tools, "clamproxy")));
    }

    private Task<string> DotnetAsync(params string[] arguments) => RunAsync("dotnet", arguments);

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        // MSBuild leaves processes behind for the next build, which would outlive the test.
        var environment = new Dictionary<string, string> { ["DOTNET_CLI_HOME"] = _folder.Path, ["MSBUILDDISABLENODEREUSE"] = "1" };
        await using var process = ServerProcess.Start(program, arguments, environment, Repository.Folder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, process.Log);
        return process.Output;
    }
}
