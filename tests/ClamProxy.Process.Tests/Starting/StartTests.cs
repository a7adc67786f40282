using System.Net;
using System.Net.Sockets;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Starting;

/// <summary>What operators see of a start: the one line, and the exit code, of one that fails.</summary>
public sealed class StartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(78, "SPOOL_PATH=/proc: takes the path of a folder that ClamProxy may write to", "--SPOOL_PATH=/proc")]
    [InlineData(
        78,
        "STORE_PATH=/nowhere/store: takes the path of a folder in one that exists: /nowhere does not",
        "--STORE_PATH=/nowhere/store")]
    [InlineData(
        78,
        "STORE_PTH: no such variable; did you mean STORE_PATH? If it is another program's, name it in IGNORED_VARIABLES",
        "--STORE_PTH=/a")]
    [InlineData(64, "clamproxy: no such command: wram; did you mean warm? (clamproxy --help lists what there is)", "wram")]
    public async Task StartThatFails_IsOneLineAndAnExitCode(int code, string line, params string[] arguments)
    {
        await using var process = await RunAsync(arguments);

        Assert.Equal((code, line + "\n"), (process.ExitCode, process.Log));
    }

    [Fact]
    public async Task PortThatIsTaken_IsToldWithoutATrace()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await using var process = await RunAsync(
            [$"--PORT={port}", "--ClamProxy:Listen:Address=localhost", "--MANAGEMENT_PORT=0", "--LOG_LEVEL=Warning"]);

        Assert.Equal(78, process.ExitCode);
        Assert.Contains($":{port}: address already in use.", process.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortWithoutTheRight_IsNamed()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to take rights away");
        string[] asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"];

        // The tests' own temp folder may be closed to others.
        await using var process = await RunAsync(
            ["--PORT=80", "--MANAGEMENT_PORT=0", "--LOG_LEVEL=None", "--SPOOL_PATH=/tmp"], asNobody);

        Assert.Equal(
            (78, "PORT=80: takes a port that this process may listen on: those below 1024 need CAP_NET_BIND_SERVICE (permission denied)\n"),
            (process.ExitCode, process.Log));
    }

    [Fact]
    public async Task StoreAndNoTempFolder_StartsAndSaysWhereItListensAndStaysAtSighup()
    {
        using var store = new TempFolder();
        await using var proxy = await ProxyProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["STORE_PATH"] = store.Path,
                ["TMPDIR"] = "/nowhere",
                ["ClamProxy__Listen__Address"] = "localhost",
                ["REDIS_URL"] = $"redis://127.0.0.1:{FreePort.Next()}",
            },
            waitUntilReady: false);

        proxy.HangUp();
        await UntilAsync(() => proxy.Log.Contains("read again (SIGHUP): nothing has changed", StringComparison.Ordinal));
        await UntilAsync(() => proxy.Log.Contains("cannot be reached", StringComparison.Ordinal));

        Assert.Contains(
            $"Listening on http://127.0.0.1:{proxy.Port}, http://127.0.0.1:{proxy.ManagementPort} (management)",
            proxy.Log,
            StringComparison.Ordinal);
        Assert.True(await proxy.AnswersAsync("/healthz"));
    }

    private static async Task<ServerProcess> RunAsync(string[] arguments, params string[] before)
    {
        var process = ProxyProgram.Tested.Run(arguments, before: before);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        deadline.CancelAfter(Limit);
        await process.WaitForExitAsync(deadline.Token);
        return process;
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        deadline.CancelAfter(Limit);
        while (!holds())
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
