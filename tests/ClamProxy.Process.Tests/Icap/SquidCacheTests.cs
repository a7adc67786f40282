using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Icap;

/// <summary>
/// A squid that caches, and signatures that are renewed. squid does nothing with the ISTag that changes: what it has cached it serves on,
/// unless it asks first (REQMOD) and is told to fetch that again.
/// </summary>
public sealed class SquidCacheTests : IAsyncLifetime
{
    private static readonly byte[] s_worm = RandomNumberGenerator.GetBytes(200);

    private readonly int _icapPort = FreePort.Next();
    private ClamdProcess _clamd = null!;
    private FakeOrigin _origin = null!;
    private ProxyProcess _proxy = null!;
    private SquidProcess _squid = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _clamd = await ClamdProcess.StartAsync();
        _origin = await FakeOrigin.StartAsync();
        _proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["DOORS"] = "icap",
            ["ICAP_PORT"] = $"{_icapPort}",
            ["CLAMD_HOSTS"] = _clamd.UnixEndpoint,
            ["ClamProxy__Clamd__ProbeInterval"] = "100ms",
        });
        _squid = await SquidProcess.StartWithIcapAsync(
            _icapPort,
            "cache allow all",
            "cache_mem 8 MB",
            "acl unasked urlpath_regex ^/unasked",
            "adaptation_access requests deny unasked");
        _client = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy("127.0.0.1", _squid.Port) })
        {
            BaseAddress = new UriBuilder(_origin.Url).Uri,
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _squid.DisposeAsync();
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
        await _clamd.DisposeAsync();
    }

    [Fact]
    public async Task SignaturesRenewed_WhatSquidCachedIsScannedAgainWhereItAsks()
    {
        Offer("/worm", s_worm);
        Offer("/unasked/worm", s_worm);
        Offer("/good", RandomBody.Of(500));
        foreach (var path in new[] { "/worm", "/unasked/worm", "/good" })
        {
            Assert.Equal((HttpStatusCode.OK, 1), await GetAsync(path));
            Assert.Equal((HttpStatusCode.OK, 1), await GetAsync(path));
        }

        await _clamd.AddSignaturesAsync("late.ndb", $"Late.Worm:0:*:{Convert.ToHexStringLower(s_worm[..40])}\n");
        await _clamd.SetDatabaseVersionAsync(27900);
        await SeesDatabaseAsync(27900);

        // Asked for, each is fetched and scanned once more, before squid may go on with its cache.
        Assert.Equal((HttpStatusCode.OK, 2), await GetAsync("/good"));
        Assert.Equal((HttpStatusCode.OK, 2), await GetAsync("/good"));
        Assert.Equal((HttpStatusCode.Forbidden, 2), await GetAsync("/worm"));
        Assert.Equal((HttpStatusCode.Forbidden, 2), await GetAsync("/worm"));

        // Without REQMOD squid serves what it has, until its client has it fetched again.
        Assert.Equal((HttpStatusCode.OK, 1), await GetAsync("/unasked/worm"));
        Assert.Equal((HttpStatusCode.Forbidden, 2), await GetAsync("/unasked/worm", isReload: true));
    }

    private void Offer(string path, byte[] content) => _origin.On(path, context =>
    {
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return FakeOrigin.SendAsync(context, content);
    });

    /// <returns>The answer's status, and how often the origin was asked for that path until now.</returns>
    private async Task<(HttpStatusCode Status, int Asked)> GetAsync(string path, bool isReload = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);

        // squid ends kept connections now and then, at any moment.
        request.Headers.ConnectionClose = true;
        request.Headers.CacheControl = isReload ? new CacheControlHeaderValue { NoCache = true } : null;
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, _origin.Requests.Count(seen => seen.Target == path));
    }

    private async Task SeesDatabaseAsync(int version)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var mark = string.Create(CultureInfo.InvariantCulture, $"\"database\": {version}");
        while (!(await _proxy.Management.GetStringAsync(new Uri("/readyz", UriKind.Relative), limit.Token))
            .Contains(mark, StringComparison.Ordinal))
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
