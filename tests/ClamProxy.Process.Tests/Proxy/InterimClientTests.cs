using System.Text;
using System.Text.Json;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// Real clients whose read time-out is shorter than the scan (npm's is for the whole wait, and longer): interim responses keep them alive,
/// and a late refusal is a plain one.
/// </summary>
public sealed class InterimClientTests
{
    private static readonly TimeSpan ScanTime = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(
        "pip",
        "python3 -m pip install --isolated --no-cache-dir --disable-pip-version-check --no-input --no-deps --retries 0 --timeout 5 "
            + "--index-url %p/simple/ --target %d %n")]
    [InlineData("curl", "curl -sSf --connect-timeout 5 -o %d/out %p/%n.bin")]
    [InlineData("wget", "wget -nv --tries=1 --read-timeout=5 -O %d/out %p/%n.bin")]
    [InlineData(
        "npm",
        "npm install --prefix %d --registry %p/npm/ --fetch-retries 0 --fetch-timeout 30000 --no-audit --no-fund --cache %d/cache %n")]
    public async Task ScanThatTakesLongerThanTheTimeOut_CleanArrivesAndInfectedIsRefusedWithItsReason(string client, string command)
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        var bad = new List<byte[]>();
        var slow = new List<byte[]>();
        clamd.OnContent = async (connection, content) =>
        {
            await Task.Delay(slow.Exists(content.SequenceEqual) ? ScanTime : TimeSpan.Zero);
            await connection.ReplyAsync(bad.Exists(content.SequenceEqual) ? "stream: Eicar-Test-Signature FOUND\0" : "stream: OK\0");
        };
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["PATIENCE_SECONDS"] = "1",
            ["ClamProxy__InterimInterval"] = "00:00:01",
            ["ClamProxy__Routes__all__Path"] = "/all",
            ["ClamProxy__Routes__all__Upstream"] = origin.Url,
        });
        var url = $"http://127.0.0.1:{proxy.Port}/all";
        foreach (var name in new[] { "goodone", "badone" })
        {
            var files = Publish(origin, url, name);
            slow.AddRange(files);
            bad.AddRange(name == "badone" ? files : []);
        }

        // The first request of a process takes long on a slow machine: no client waits for that.
        using (var first = await proxy.Client.GetAsync(new Uri("/all/simple/goodone/", UriKind.Relative)))
        {
            first.EnsureSuccessStatusCode();
        }

        using var folder = new TempFolder();
        var runs = await Task.WhenAll(RunAsync(command, folder, url, "goodone"), RunAsync(command, folder, url, "badone"));
        var (good, refused) = (runs[0], runs[1]);
        var metrics = await proxy.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        Assert.True(good.ExitCode == 0, $"{client}: {good.Log}\n{proxy.Log}");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(client == "npm" ? "ClamAV found Eicar-Test-Signature" : "409", refused.Log, StringComparison.Ordinal);
        Assert.Contains("clamproxy_gate_trickles_total{outcome=\"clean\"} 0", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("clamproxy_http_interims_total 0", metrics, StringComparison.Ordinal);
        Assert.Equal(2, clamd.Contents.Count(content => slow.Exists(content.SequenceEqual)));
    }

    /// <summary>One package for pip, for npm, and as a plain file.</summary>
    private static byte[][] Publish(FakeOrigin origin, string url, string name)
    {
        var wheel = new Wheel(name, "1.0", RandomBody.Of(300_000));
        var tarball = Archive.TarGz(
            (
                "package/package.json",
                JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["name"] = name, ["version"] = "1.0.0" })),
            ("package/data", RandomBody.Of(300_000)));
        var plain = RandomBody.Of(300_000);
        origin.On($"/{wheel.FileName}", wheel.Bytes).On($"/{name}.bin", plain).On($"/npm/{name}/-/{name}-1.0.0.tgz", tarball);
        origin.On($"/simple/{name}/", context =>
        {
            context.Response.ContentType = "text/html";
            return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes($"<a href=\"../../{wheel.FileName}\">{wheel.FileName}</a>"));
        });
        origin.On($"/npm/{name}", context =>
        {
            context.Response.ContentType = "application/json";
            var version = new { name, version = "1.0.0", dist = new { tarball = $"{url}/npm/{name}/-/{name}-1.0.0.tgz" } };
            var packument = new Dictionary<string, object>
            {
                ["name"] = name,
                ["dist-tags"] = new Dictionary<string, string> { ["latest"] = "1.0.0" },
                ["versions"] = new Dictionary<string, object> { ["1.0.0"] = version },
            };
            return FakeOrigin.SendAsync(context, JsonSerializer.SerializeToUtf8Bytes(packument));
        });
        return [wheel.Bytes, plain, tarball];
    }

    private static async Task<(int ExitCode, string Log)> RunAsync(string command, TempFolder folder, string url, string name)
    {
        Directory.CreateDirectory(folder.File(name));
        var line = command.Replace(
            "%d",
            folder.File(name),
            StringComparison.Ordinal).Replace("%p", url, StringComparison.Ordinal).Replace("%n", name, StringComparison.Ordinal);
        await using var process = ServerProcess.Start(
            "sh", ["-c", line], new Dictionary<string, string> { ["HOME"] = folder.Path, ["PIP_ROOT_USER_ACTION"] = "ignore" });
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.Log);
    }
}
