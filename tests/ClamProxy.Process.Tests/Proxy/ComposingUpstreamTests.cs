using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>An upstream that changes a file of known verdict for one request, and clients that resume by themselves.</summary>
public sealed class ComposingUpstreamTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wget_ResumesNothingThatWasNotScanned(bool isStoreOn)
    {
        await using var world = await World.StartAsync(_folder, isStoreOn);
        var (exitCode, output) = await RunAsync(
            "wget",
            "-nv",
            "--tries=3",
            "--waitretry=0",
            "--header",
            world.From,
            "--header",
            "Cache-Scan: True",
            "-O",
            _folder.File("out"),
            world.Url);

        Assert.True(exitCode == 8, output);
        Assert.Contains("409", output, StringComparison.Ordinal);
        Assert.Empty(Written());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Curl_GetsNoByteAndResumesNothing(bool isStoreOn)
    {
        await using var world = await World.StartAsync(_folder, isStoreOn);
        string[] arguments = ["-sS", "-f", "-H", world.From, "-H", "Cache-Scan: True", "-o", _folder.File("out"), world.Url];

        var plain = await RunAsync("curl", arguments);
        var writtenByPlain = Written();
        var resumed = await RunAsync("curl", ["-C", "-", .. arguments]);

        Assert.True(plain.ExitCode == 22, plain.Output);
        Assert.Contains("409", plain.Output, StringComparison.Ordinal);
        Assert.Empty(writtenByPlain);
        Assert.Equal(22, resumed.ExitCode);
        Assert.Empty(Written());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ShellBehindAPipe_RunsNothingThatWasNotScanned(bool isStoreOn)
    {
        await using var world = await World.StartAsync(_folder, isStoreOn);
        var (_, output) = await RunAsync("sh", "-c", $"curl -sS -f -H '{world.From}' -H 'Cache-Scan: True' {world.Url} | sh");

        Assert.Contains("409", output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("marker")));
    }

    [Fact]
    public async Task FileThatStaysAsItWas_IsScannedOnce()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var origin = await FakeOrigin.StartAsync();
        var content = RandomBody.Of(ComposingUpstream.Length);
        origin.On(ComposingUpstream.Path, content);
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        });

        for (var round = 0; round < 3; round++)
        {
            var (exitCode, output) = await RunAsync(
                "curl",
                "-sS",
                "-f",
                "-H",
                $"Download-From: {origin.Url}",
                "-H",
                "Cache-Scan: True",
                "-o",
                _folder.File("out"),
                $"http://127.0.0.1:{proxy.Port}{ComposingUpstream.Path}");
            Assert.True(exitCode == 0, output);
            Assert.Equal(content, await File.ReadAllBytesAsync(_folder.File("out")));
        }

        var scans = (await proxy.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n').Single(
            line => line.StartsWith("clamproxy_gate_scan_duration_seconds_count", StringComparison.Ordinal));
        Assert.EndsWith(" 1", scans, StringComparison.Ordinal);
    }

    private byte[] Written() => File.Exists(_folder.File("out")) ? File.ReadAllBytes(_folder.File("out")) : [];

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        await using var process = ServerProcess.Start(program, arguments);
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.Log);
    }

    /// <summary>ClamProxy in front of a composing upstream whose file it has found clean; the next download is the infected one.</summary>
    private sealed class World(ClamdProcess clamd, ComposingUpstream upstream, ProxyProcess proxy) : IAsyncDisposable
    {
        public string From => $"Download-From: {upstream.Url}";

        public string Url => $"http://127.0.0.1:{proxy.Port}{ComposingUpstream.Path}";

        /// <param name="isStoreOn">There is a store, and the file is too large for it; else there is none.</param>
        public static async Task<World> StartAsync(TempFolder folder, bool isStoreOn)
        {
            var clamd = await ClamdProcess.StartAsync();
            var upstream = await ComposingUpstream.StartAsync(folder.File("marker"));
            var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
            {
                ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
                ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
                ["STORE_PATH"] = isStoreOn ? folder.File("store") : "",
                ["STORE_SIZE"] = "1M",
            });
            using var request = proxy.Request(ComposingUpstream.Path, upstream.Url, cacheScan: true);
            // As curl and wget have it.
            request.Headers.Add("Accept", "*/*");
            using var known = await proxy.Client.SendAsync(request);
            Assert.Equal(upstream.Clean, await known.Content.ReadAsByteArrayAsync());
            return new World(clamd, upstream, proxy);
        }

        public async ValueTask DisposeAsync()
        {
            await proxy.DisposeAsync();
            await upstream.DisposeAsync();
            await clamd.DisposeAsync();
        }
    }
}
