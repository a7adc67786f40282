using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>An index and its file outlive their upstream, a restart, and newer signatures; not the signature that finds them.</summary>
public sealed partial class OutageTests : IAsyncDisposable
{
    // In the text: clamd 1.4 does not look into comments of HTML.
    private const string Index = "<!DOCTYPE html><a href=\"../../packages/a-1.whl\">a-1.whl</a><p>outage-index-marker</p>";
    private const string IndexPath = "/idx/simple/a/";
    private const string FilePath = "/files/a-1.whl";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempFolder _store = new();
    private Dictionary<string, string> _settings = [];

    [Fact]
    public async Task UpstreamStopped_IndexAndFileAreServedThroughARestartAndNewSignaturesUntilOneFindsThem()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using (var origin = await OriginAsync())
        {
            _settings = Settings(clamd, origin);
            await using var before = await ProxyProcess.StartAsync(_settings);
            Assert.Equal("ClamProxy; fwd=uri-miss; fwd-status=200; stored", await GoodAsync(before, IndexPath));
            Assert.Equal("ClamProxy; fwd=stale; fwd-status=304; stored", await GoodAsync(before, IndexPath));
            await GoodAsync(before, FilePath);
            await before.KillAsync();
        }

        await using var after = await ProxyProcess.StartAsync(_settings);
        Assert.Equal("ClamProxy; hit; detail=stale-if-error", await GoodAsync(after, IndexPath));
        Assert.Equal("ClamProxy; hit; detail=store", await GoodAsync(after, FilePath));

        await clamd.SetDatabaseVersionAsync(27900);
        await SeesDatabaseAsync(after, 27900);
        Assert.Equal("ClamProxy; hit; detail=stale-if-error", await GoodAsync(after, IndexPath));

        await clamd.AddSignaturesAsync("late.ndb", $"Late-Finding:0:*:{Convert.ToHexStringLower("outage-index-marker"u8)}\n");
        await clamd.SetDatabaseVersionAsync(27901);
        await SeesDatabaseAsync(after, 27901);
        for (var i = 0; i < 2; i++)
        {
            using var refused = await after.Client.GetAsync(new Uri(IndexPath, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains(
                "Late-Finding", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await GoodAsync(after, FilePath);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<FakeOrigin> OriginAsync()
    {
        var origin = await FakeOrigin.StartAsync();
        origin.On("/packages/a-1.whl", "the file"u8.ToArray());
        return origin.On("/simple/a/", context =>
        {
            context.Response.Headers.ETag = "\"1\"";
            context.Response.ContentType = "text/html";
            if (context.Request.Headers.IfNoneMatch.Count == 0)
            {
                return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(Index));
            }

            context.Response.StatusCode = (int)HttpStatusCode.NotModified;
            return Task.CompletedTask;
        });
    }

    /// <returns>Its Cache-Status without the time, which runs.</returns>
    private static async Task<string> GoodAsync(ProxyProcess proxy, string path)
    {
        using var answer = await proxy.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(path == FilePath ? "the file" : Index, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return TimeToLive().Replace(Assert.Single(answer.Headers.GetValues("Cache-Status")), "");
    }

    [GeneratedRegex("; ttl=-?[0-9]+")]
    private static partial Regex TimeToLive();

    private static async Task SeesDatabaseAsync(ProxyProcess proxy, int version)
    {
        using var limit = new CancellationTokenSource(Limit);
        var mark = $"\"database\": {version}";
        while (
            !(
                await proxy.Management.GetStringAsync(
                    new Uri("/readyz", UriKind.Relative), limit.Token)).Contains(mark, StringComparison.Ordinal))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private Dictionary<string, string> Settings(ClamdProcess clamd, FakeOrigin origin) => new()
    {
        ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
        ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        ["STORE_PATH"] = _store.Path,
        ["ClamProxy__Clamd__ProbeInterval"] = "100ms",
        ["ClamProxy__Gate__RescanInterval"] = "0",
        ["ClamProxy__Routes__index__Path"] = "/idx",
        ["ClamProxy__Routes__index__Upstream"] = origin.Url,
        ["ClamProxy__Routes__index__Revalidate"] = "true",
        ["ClamProxy__Routes__files__Path"] = "/files",
        ["ClamProxy__Routes__files__Upstream"] = $"{origin.Url}/packages/",
        ["ClamProxy__Routes__files__CacheScan"] = "true",
    };
}
