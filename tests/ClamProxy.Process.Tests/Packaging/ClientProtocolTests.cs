using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>
/// A file that turns out infected behind the shipped nginx: for each client, of whatever protocol, its transfer fails, and no cache keeps a
/// part of it.
/// </summary>
public sealed class ClientProtocolTests(ProtocolWorld world) : IClassFixture<ProtocolWorld>, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
        await using var cache = StartCache(port, world.Nginx.Address("GENERIC_PORT").Port, version);
        await cache.UntilListensAsync(port, Limit);

        var first = await RunAsync("curl", "-sSf", "-o", "/dev/null", world.New(new UriBuilder("http", "127.0.0.1", port).Uri, path));
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

    private string Url(string server, string path) => world.New(world.Nginx.Address(server), path);

    private static async Task<(int ExitCode, string Log)> RunAsync(string program, params string[] arguments)
    {
        await using var process = ServerProcess.Start(program, arguments);
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.Log);
    }
}
