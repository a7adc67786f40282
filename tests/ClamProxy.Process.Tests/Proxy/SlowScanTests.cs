using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// pip, which gives up after 15 seconds of silence, and a scan that takes longer. The times are the real ones: nothing here is scaled.
/// </summary>
public sealed class SlowScanTests
{
    private const string Found = "stream: Eicar-Test-Signature FOUND\0";
    private const string Clean = "stream: OK\0";
    private static readonly TimeSpan ScanTime = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task PipInstallsWheelWhoseScanTakesLongerThanItsTimeOut_CleanComesAtTheFirstTryAndInfectedNotAtAll()
    {
        var data = RandomNumberGenerator.GetBytes(16 << 20);
        await using var index = await PackageIndex.StartAsync(
            new Wheel("cleanone", "1.0", data),
            new Wheel("cleantwo", "1.0", data),
            new Wheel("badone", "1.0", data),
            new Wheel("badtwo", "1.0", data));
        await using var clamd = FakeClamd.OnTcp();
        clamd.OnContent = async (connection, content) =>
        {
            var isWheel = content.Length > data.Length;
            await Task.Delay(isWheel ? ScanTime : TimeSpan.Zero);
            await connection.ReplyAsync(isWheel && content.AsSpan(0, 100).IndexOf("bad"u8) >= 0 ? Found : Clean);
        };
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["ClamProxy__Clamd__MaxLargeScansPerHost"] = "4",
            ["ClamProxy__Clamd__MaxScansPerHost"] = "5",
            ["ClamProxy__Routes__pypi__Path"] = "/pypi",
            ["ClamProxy__Routes__pypi__Upstream"] = index.Url,
        });
        var simple = $"http://127.0.0.1:{proxy.Port}/pypi/simple/";
        using var folder = new TempFolder();
        using var limit = new CancellationTokenSource(Limit);

        await using var clean = OldPip(folder, simple, "cleanone");
        await using var cleanResuming = ResumingPip.Start(folder, simple, "install", "--target", folder.File("cleantwo"), "cleantwo");
        await using var bad = OldPip(folder, simple, "badone");
        await using var badResuming = ResumingPip.Start(folder, simple, "install", "--target", folder.File("badtwo"), "badtwo");
        await Task.WhenAll(new[] { clean, cleanResuming, bad, badResuming }.Select(pip => pip.WaitForExitAsync(limit.Token)));

        Assert.Equal((0, 0), (clean.ExitCode, cleanResuming.ExitCode));
        Assert.NotEqual(0, bad.ExitCode);
        Assert.NotEqual(0, badResuming.ExitCode);
        Assert.Contains("409", badResuming.Log, StringComparison.Ordinal);
        Assert.Equal(["cleanone.py", "cleantwo.py"], Directory.GetFiles(folder.Path, "*one.py", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(folder.Path, "*two.py", SearchOption.AllDirectories)).Select(Path.GetFileName).Order());
        Assert.Equal(4, clamd.Contents.Count(content => content.Length > data.Length));
        Assert.DoesNotContain("Retrying", clean.Log + cleanResuming.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("resume", cleanResuming.Log, StringComparison.Ordinal);
    }

    private static ServerProcess OldPip(TempFolder home, string index, string package) => ServerProcess.Start(
        "python3",
        [
            "-m",
            "pip",
            "install",
            "--isolated",
            "--no-cache-dir",
            "--disable-pip-version-check",
            "--no-input",
            "--index-url",
            index,
            "--target",
            home.File(package),
            package],
        new Dictionary<string, string> { ["HOME"] = home.Path, ["PIP_ROOT_USER_ACTION"] = "ignore" });
}
