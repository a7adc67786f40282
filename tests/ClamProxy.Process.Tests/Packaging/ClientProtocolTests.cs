using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>
/// A file that turns out infected behind the shipped nginx: for each client, of whatever protocol, its transfer fails, and no cache keeps a
/// part of it.
/// </summary>
public sealed class ClientProtocolTests : IAsyncLifetime
{
    private const int Length = 300_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly FakeClamd _clamd = FakeClamd.OnTcp();
    private readonly TempFolder _folder = new();
    private FakeOrigin _origin = null!;
    private ProxyProcess _proxy = null!;
    private NginxProcess _nginx = null!;

    public async ValueTask InitializeAsync()
    {
        _clamd.OnContent = async (connection, _) =>
        {
            await Task.Delay(1000);
            await connection.ReplyAsync("stream: Eicar-Test-Signature FOUND\0");
        };
        _origin = await FakeOrigin.StartAsync();
        _origin.On("/chunked", context => context.Response.Body.WriteAsync(RandomBody.Of(Length)).AsTask());
        _origin.On("/whole", RandomBody.Of(Length));
        _origin.On("/page", context =>
        {
            context.Response.ContentType = "application/json";
            return FakeOrigin.SendAsync(context, [.. "{\"a\":\""u8, .. Enumerable.Repeat((byte)'x', Length), .. "\"}"u8]);
        });
        _proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = _clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["TRUSTED_PROXIES"] = "127.0.0.1/32",
            ["PATIENCE_SECONDS"] = "0",
            ["HOLD_BACK_BYTES"] = "1K",
            ["ClamProxy__Gate__TrickleInterval"] = "00:00:00.01",
            ["ClamProxy__Gate__TrickleBytes"] = "64K",
        });
        var variables = NginxProcess.Defaults($"127.0.0.1:{_proxy.Port}");
        variables["GENERIC_DOWNLOAD_FROM"] = variables["NPM_DOWNLOAD_FROM"] = variables["PYPI_DOWNLOAD_FROM"] = _origin.Url;
        _nginx = await NginxProcess.StartAsync(variables);
    }

    public async ValueTask DisposeAsync()
    {
        await _nginx.DisposeAsync();
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
        await _clamd.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("GENERIC_PORT", "/chunked")]
    [InlineData("GENERIC_PORT", "/whole")]
    [InlineData("NPM_PORT", "/page")]
    [InlineData("NPM_PORT", "/chunked")]
    [InlineData("PYPI_PORT", "/page")]
    public async Task Http10Client_IsRefusedAndGetsNothing(string server, string path)
    {
        var (exitCode, log) = await RunAsync("curl", "-sSf", "--http1.0", "-o", _folder.File("out"), Url(server, path));

        Assert.Equal(22, exitCode);
        Assert.Contains("409", log, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("out")));
    }

    [Theory]
    [InlineData("GENERIC_PORT", "/chunked")]
    [InlineData("GENERIC_PORT", "/whole")]
    [InlineData("NPM_PORT", "/page")]
    [InlineData("NPM_PORT", "/chunked")]
    [InlineData("PYPI_PORT", "/page")]
    public async Task Http11Client_SeesABrokenTransfer(string server, string path)
    {
        var (exitCode, log) = await RunAsync("curl", "-sSf", "-o", _folder.File("out"), Url(server, path));

        // 18: ended early; 56: reset; 22: so fast that nothing was sent.
        Assert.Contains(exitCode, new[] { 18, 56 });
        Assert.True(new FileInfo(_folder.File("out")).Length > 0, log);
    }

    [Theory]
    [InlineData("", "/chunked", 409)]
    [InlineData("", "/whole", 409)]
    [InlineData("proxy_http_version 1.1;", "/chunked", 0)]
    [InlineData("proxy_http_version 1.1;", "/whole", 0)]
    public async Task CacheInFront_KeepsNoPart(string version, string path, int status)
    {
        var port = FreePort.Next();
        await using var cache = StartCache(port, _nginx.Address("GENERIC_PORT").Port, version);
        await cache.UntilListensAsync(port, Limit);

        var first = await RunAsync("curl", "-sSf", "-o", "/dev/null", $"http://127.0.0.1:{port}{path}");
        var kept = Directory.EnumerateFiles(_folder.File("cache"), "*", SearchOption.AllDirectories).ToList();

        Assert.NotEqual(0, first.ExitCode);
        Assert.True(status == 0 || first.Log.Contains("409", StringComparison.Ordinal), first.Log);
        Assert.Empty(kept);
    }

    private ServerProcess StartCache(int port, int upstream, string version)
    {
        Directory.CreateDirectory(_folder.File("cache"));
        return NginxServer.Start(_folder, $$"""
                access_log off;
                proxy_cache_path {{_folder.Path}}/cache keys_zone=one:1m;
                server {
                    listen 127.0.0.1:{{port}};
                    location / {
                        {{version}}
                        proxy_cache one;
                        proxy_cache_valid 200 1h;
                        proxy_pass http://127.0.0.1:{{upstream}};
                    }
                }
            """);
    }

    private string Url(string server, string path) => new Uri(_nginx.Address(server), path).ToString();

    private static async Task<(int ExitCode, string Log)> RunAsync(string program, params string[] arguments)
    {
        await using var process = ServerProcess.Start(program, arguments);
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.Log);
    }
}
