using System.Globalization;
using ClamProxy.Stopping;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>What of the unit for systemd can be checked where systemd does not run.</summary>
public sealed class ServiceUnitTests
{
    private const string Unit = "deploy/clamproxy.service";

    /// <summary>Tenths of systemd's exposure level, 0 to 100: what is left is the network, which the process is there for.</summary>
    private const int MostExposure = 25;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly string[] Lines = File.ReadAllLines(Repository.File(Unit));

    [Fact]
    public async Task Unit_IsWhatSystemdTakes() => Assert.Empty(await AnalyzeAsync("verify", Unit));

    [Fact]
    public Task Unit_LeavesTheProcessFewRights() =>
        AnalyzeAsync("security", "--offline=true", $"--threshold={MostExposure}", "--no-pager", Unit);

    [Fact]
    public void WrongSetting_IsNotTriedAgainAndStoppingHasItsTime()
    {
        Assert.Equal("78", Value("RestartPreventExitStatus"));
        Assert.True(
            new StopOptions().Within
                + StopOptions.Grace < TimeSpan.FromSeconds(int.Parse(Value("TimeoutStopSec").TrimEnd('s'), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task ProgramInTheUnitsEnvironment_StoresBelowTheStateDirectory()
    {
        using var state = new TempFolder();
        // A dynamic user's folder is reached by a link.
        Directory.CreateDirectory(state.File("private/clamproxy"));
        Directory.CreateSymbolicLink(state.File(Value("StateDirectory")), state.File("private/clamproxy"));
        var environment = Value("Environment").Split(' ').Select(pair => pair.Split('=', 2)).ToDictionary(
            pair => pair[0], pair => pair[1].Replace("%S", state.Path, StringComparison.Ordinal));
        await using var clamd = await ClamdProcess.StartAsync();
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", RandomBody.Of(1000));
        (environment["CLAMD_HOSTS"], environment["ALLOWED_UPSTREAMS"]) = (clamd.UnixEndpoint, "127.0.0.1");
        await using var proxy = await ProxyProcess.StartAsync(environment);

        (await proxy.GetAsync("/file", origin.Url, cacheScan: true)).Dispose();
        using var again = await proxy.GetAsync("/file", origin.Url, cacheScan: true);

        Assert.Equal("ClamProxy; hit; detail=store", again.Headers.GetValues("Cache-Status").Single());
        Assert.NotEmpty(Directory.GetFiles(state.File("private/clamproxy/v1/contents"), "*", SearchOption.AllDirectories));
    }

    private static string Value(string name) =>
        Assert.Single(Lines, line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private static async Task<string> AnalyzeAsync(params string[] arguments)
    {
        await using var process = ServerProcess.Start("systemd-analyze", arguments, folder: Repository.Folder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, process.Log);
        return process.Log.Trim();
    }
}
