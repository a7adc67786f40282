using ClamProxy.Process.Tests.Proxy;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Warming;

/// <summary><c>clamproxy warm</c> as operators run it: a process of its own, a ClamProxy beside it, a real clamd.</summary>
public sealed class WarmCommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task CleanInfectedAndMissing_AreToldAndCounted()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var index = await PackageIndex.StartAsync(
            new Wheel("goodone", "1.0", new byte[300_000]), new Wheel("badone", "1.0", Eicar.Bytes));
        await using var proxy = await StartAsync(clamd, index);
        using var folder = new TempFolder();
        var good = $"goodone==1.0 --hash=sha256:{index.Sha256Of("goodone")}\n";

        var (cleanExit, clean) = await WarmAsync(folder, proxy, good);
        var (mixedExit, mixed) = await WarmAsync(folder, proxy, good + "badone==1.0\nnobody==1.0\n");
        var (missingExit, missing) = await WarmAsync(folder, proxy, "goodone==2.0\n");
        var (wrongExit, wrong) = await WarmAsync(folder, proxy, good + "goodone\n");

        Assert.True(cleanExit == 0, clean + proxy.Log);
        Assert.Contains("1/1 clean: goodone-1.0-py3-none-any.whl", clean, StringComparison.Ordinal);
        Assert.True(mixedExit == 1, mixed);
        Assert.Contains("Infected Eicar-Test-Signature", mixed, StringComparison.Ordinal);
        Assert.Contains("404 Not Found", mixed, StringComparison.Ordinal);
        Assert.Contains("1 clean, 1 refused, 1 failed", mixed, StringComparison.Ordinal);
        Assert.True(missingExit == 2, missing);
        Assert.True(wrongExit == 64, wrong);
        Assert.Contains("list:2: 'goodone' is not pinned", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PipAfterTheWarming_IsServedWhatWasKept()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var index = await PackageIndex.StartAsync(new Wheel("goodone", "1.0", new byte[300_000]));
        await using var proxy = await StartAsync(clamd, index);
        using var folder = new TempFolder();
        var (exit, warmed) = await WarmAsync(folder, proxy, "goodone==1.0\n");
        Assert.True(exit == 0, warmed);

        await using var pip = ServerProcess.Start(
            "python3",
            [
                "-m", "pip", "install", "--isolated", "--no-cache-dir", "--disable-pip-version-check", "--no-input", "--retries", "0",
                "--target", folder.File("site"),
                "--index-url", $"http://127.0.0.1:{proxy.Port}/pypi/simple/", "goodone==1.0",
            ],
            new Dictionary<string, string> { ["HOME"] = folder.Path, ["PIP_ROOT_USER_ACTION"] = "ignore" });
        using var limit = new CancellationTokenSource(Limit);
        await pip.WaitForExitAsync(limit.Token);

        Assert.True(pip.ExitCode == 0, pip.Log);
        Assert.Single(index.Requests, target => target.EndsWith(".whl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Interrupt_EndsWithTheSummary()
    {
        await using var origin = await FakeOrigin.StartAsync();
        var asked = new TaskCompletionSource();
        origin.Otherwise = context =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("list"), "https://example.org/a\n");
        await using var warm = Start(folder, origin.Port);
        await asked.Task.WaitAsync(Limit);
        warm.Interrupt();
        using var limit = new CancellationTokenSource(Limit);
        await warm.WaitForExitAsync(limit.Token);
        Assert.True(warm.ExitCode == 2, warm.Log);
        Assert.Contains("1 interrupted", warm.Log, StringComparison.Ordinal);
    }

    private static Task<ProxyProcess> StartAsync(ClamdProcess clamd, PackageIndex index)
    {
        var variables = new Dictionary<string, string> { ["CLAMD_HOSTS"] = clamd.UnixEndpoint, ["ALLOWED_UPSTREAMS"] = "127.0.0.1" };
        foreach (var (name, path, cacheScan) in new[] { ("pypi", "/pypi", "False"), ("files", "/pypi/packages", "True") })
        {
            variables[$"ClamProxy__Routes__{name}__Path"] = path;
            variables[$"ClamProxy__Routes__{name}__Upstream"] = name == "pypi" ? index.Url : $"{index.Url}/packages";
            variables[$"ClamProxy__Routes__{name}__CacheScan"] = cacheScan;
        }

        variables["STORE_PATH"] = Directory.CreateDirectory(Path.Combine(index.Folder, "store")).FullName;
        return ProxyProcess.StartAsync(variables);
    }

    private static async Task<(int ExitCode, string Output)> WarmAsync(TempFolder folder, ProxyProcess proxy, string list)
    {
        await File.WriteAllTextAsync(folder.File("list"), list);
        await using var warm = Start(folder, proxy.Port);
        using var limit = new CancellationTokenSource(Limit);
        await warm.WaitForExitAsync(limit.Token);
        return (warm.ExitCode, warm.Log);
    }

    // PORT says where this machine's ClamProxy is: it is asked without --via.
    private static ServerProcess Start(TempFolder folder, int port) => ProxyProgram.Tested.Run(
        ["warm", folder.File("list"), "--timeout", "60s"],
        new Dictionary<string, string> { ["PORT"] = $"{port}" });
}
