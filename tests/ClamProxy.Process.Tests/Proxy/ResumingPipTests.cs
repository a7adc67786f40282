using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>A pip that resumes, behind a network that breaks.</summary>
public sealed class ResumingPipTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task TransferBreaksMidway_PipResumesAndInstalls()
    {
        var wheel = new Wheel("goodone", "1.0", RandomNumberGenerator.GetBytes(300_000));
        await using var clamd = await ClamdProcess.StartAsync();
        await using var origin = await FakeOrigin.StartAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["ClamProxy__Routes__pypi__Path"] = "/pypi",
            ["ClamProxy__Routes__pypi__Upstream"] = origin.Url,
        });
        await using var network = new FlakyRelay(proxy.Port);
        Serve(origin, wheel, whenAsked: () => network.Mode = network.Mode == RelayMode.Pass ? RelayMode.ResetMidway : RelayMode.Pass);
        using var folder = new TempFolder();

        await using var pip = ResumingPip.Start(
            folder, $"http://127.0.0.1:{network.Port}/pypi/simple/", "install", "--target", folder.File("site"), "goodone");
        using var limit = new CancellationTokenSource(Limit);
        await pip.WaitForExitAsync(limit.Token);

        Assert.True(pip.ExitCode == 0, pip.Log + proxy.Log);
        Assert.Contains("Attempting to resume incomplete download", pip.Log, StringComparison.Ordinal);
        Assert.Contains(
            "status=\"206\"", await proxy.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("site/goodone.py")));
    }

    private static void Serve(FakeOrigin origin, Wheel wheel, Action whenAsked)
    {
        origin.On($"/simple/{wheel.Name}/", context =>
        {
            context.Response.ContentType = "text/html";
            return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes($"<a href=\"../../{wheel.FileName}\">{wheel.FileName}</a>"));
        });
        origin.On($"/{wheel.FileName}", context =>
        {
            whenAsked();
            context.Response.Headers.ETag = "\"v1\"";
            return FakeOrigin.SendAsync(context, wheel.Bytes);
        });
    }
}
