using System.Net;
using System.Security.Cryptography.X509Certificates;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Access;

/// <summary>Secrets are planted wherever clients and operators have some; nothing that the process says or keeps may hold one.</summary>
public sealed class SecretsTests : IDisposable
{
    // Everything that Redis holds, in one line.
    private const string All = """
        local all = {} for _, key in ipairs(redis.call('KEYS', '*')) do all[#all + 1] = key
        if redis.call('TYPE', key).ok == 'string' then all[#all + 1] = redis.call('GET', key) end end return table.concat(all, ' ')
        """;

    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private readonly PlantedSecrets _secrets = new();
    private readonly TempFolder _store = new();
    private readonly FakeOriginCertificate _certificate = new();

    public void Dispose()
    {
        _store.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task PlantedSecrets_AreNowhereToBeFound(string format)
    {
        await using var redis = await RedisProcess.StartAsync(_secrets["redis password"]);
        await using var origin = await OriginAsync();
        await using var clamd = FakeClamd.OnTcp();
        var (plain, tls) = (FreePort.Next(), FreePort.Next());
        await using var proxy = await ProxyProcess.StartAsync(Settings(clamd, redis.Url, plain, tls, format), waitUntilReady: false);

        foreach (var (what, request) in Requests(proxy, origin))
        {
            using (request)
            {
                await AskAsync(proxy, what, request);
            }
        }

        await AskOverTlsAsync(origin, tls);
        foreach (var path in new[] { "/healthz", "/readyz", "/metrics" })
        {
            _secrets.AreNotIn(path, await ManagementAsync(proxy, path));
        }

        proxy.Terminate();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await proxy.WaitForExitAsync(limit.Token);
        Assert.Contains("wrong", proxy.Log, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("/infected", proxy.Log, StringComparison.Ordinal);
        _secrets.AreNotIn("the log", proxy.Log);
        var kept = await redis.AskAsync("EVAL", All, "0");
        Assert.Contains("clamproxy:v1:content:", kept, StringComparison.Ordinal);
        _secrets.AreNotIn("Redis", kept!);
        _secrets.AreNotIn(
            "the store's names", string.Join('\n', Directory.EnumerateFileSystemEntries(_store.Path, "*", SearchOption.AllDirectories)));
    }

    [Fact]
    public async Task PasswordThatRedisRefuses_IsNotTold()
    {
        await using var redis = await RedisProcess.StartAsync("the right one");
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await OriginAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["REDIS_URL"] = $"redis://:{_secrets["redis password"]}@127.0.0.1:{redis.Port}",
            ["LOG_LEVEL"] = "Debug",
        });
        using var answer = await proxy.GetAsync("/file", origin.Url, cacheScan: true);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        _secrets.AreNotIn("/readyz", await proxy.Management.GetStringAsync(new Uri("/readyz", UriKind.Relative), Cancelled));
        Assert.Contains("Redis failed", proxy.Log, StringComparison.Ordinal);
        _secrets.AreNotIn("the log", proxy.Log);
    }

    private async Task<FakeOrigin> OriginAsync()
    {
        var origin = await FakeOrigin.StartAsync();
        origin.On("/file", [1, 2, 3]).On("/infected", Eicar.Bytes);
        origin.Redirect("/redirect", $"/file?token={_secrets["redirect's query"]}");
        origin.Redirect("/astray", $"http://client:{_secrets["redirect's user-info"]}@127.0.0.1:1/?token={_secrets["redirect's query"]}");
        return origin.On("/cut", async context =>
        {
            context.Response.ContentLength = 10;
            await context.Response.WriteAsync("a part", Cancelled);
            await context.Response.Body.FlushAsync(Cancelled);
            context.Abort();
        });
    }

    private Dictionary<string, string> Settings(FakeClamd clamd, string redis, int plain, int tls, string format) => new()
    {
        ["PORT"] = $"{plain}",
        ["CLAMD_HOSTS"] = clamd.Endpoint,
        ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        ["REDIS_URL"] = redis,
        ["VERDICT_KEY"] = $"{_secrets["verdict key"]}-and-more",
        ["STORE_PATH"] = _store.Path,
        ["LOG_LEVEL"] = "Debug",
        ["LOG_FORMAT"] = format,
        ["STOP_DELAY"] = "0",
        ["PROXY_CREDENTIALS"] = _secrets.Hashed("proxy token"),
        ["MANAGEMENT_CREDENTIALS"] = _secrets.Hashed("management token"),
        ["Kestrel__Endpoints__Plain__Url"] = $"http://127.0.0.1:{plain}",
        ["Kestrel__Endpoints__Tls__Url"] = $"https://127.0.0.1:{tls}",
        ["Kestrel__Certificates__Default__Path"] = _certificate.PkcsFile(_secrets["TLS key's password"]),
        ["Kestrel__Certificates__Default__Password"] = _secrets["TLS key's password"],
    };

    private IEnumerable<(string What, HttpRequestMessage Request)> Requests(ProxyProcess proxy, FakeOrigin origin)
    {
        var query = $"?token={_secrets["query"]}&X-Amz-Signature={_secrets["query"]}";
        yield return ("public", Shown(proxy.Request($"/file{query}", origin.Url, cacheScan: true)));
        yield return ("again", Shown(proxy.Request($"/file{query}", origin.Url, cacheScan: true)));
        foreach (var path in new[] { "/file", "/infected", "/redirect", "/astray", "/cut", "/nothing" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
            {
                var request = Shown(proxy.Request(path + query, origin.Url, cacheScan: true, method));
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_secrets["upstream token"]}");
                request.Headers.TryAddWithoutValidation("Cookie", $"session={_secrets["cookie"]}");
                request.Headers.TryAddWithoutValidation("X-Api-Key", _secrets["key"]);
                request.Headers.TryAddWithoutValidation("Referer", $"http://127.0.0.1/?token={_secrets["referer"]}");
                yield return ($"{method} {path}", request);
            }
        }

        yield return ("unreachable", Shown(proxy.Request($"/file{query}", $"http://127.0.0.1:{FreePort.Next()}")));
        yield return ("forbidden", Shown(proxy.Request($"/file{query}", "http://169.254.169.254")));
        yield return ("user-info", Shown(proxy.Request("/file", $"http://client:{_secrets["user-info"]}@127.0.0.1:{origin.Port}")));
        yield return ("base with a query", Shown(proxy.Request("/file", $"{origin.Url}/?token={_secrets["base's query"]}")));
        yield return ("nothing shown", proxy.Request($"/file{query}", origin.Url));
        yield return ("wrong token", Shown(proxy.Request($"/file{query}", origin.Url), $"Bearer {_secrets["wrong token"]}"));
        yield return (
            "wrong password",
            Shown(proxy.Request($"/file{query}", origin.Url), $"Basic {PlantedSecrets.Basic(_secrets["wrong password"])}"));
        yield return ("no scheme", Shown(proxy.Request($"/file{query}", origin.Url), _secrets["no scheme"]));
    }

    private HttpRequestMessage Shown(HttpRequestMessage request, string? credentials = null)
    {
        request.Headers.TryAddWithoutValidation(
            "Proxy-Authorization", credentials ?? $"Basic {PlantedSecrets.Basic(_secrets["proxy token"])}");
        return request;
    }

    private async Task AskAsync(ProxyProcess proxy, string what, HttpRequestMessage request)
    {
        try
        {
            using var answer = await proxy.Client.SendAsync(request, Cancelled);
            var body = await answer.Content.ReadAsStringAsync(Cancelled);
            _secrets.AreNotIn($"the answer to {what}", $"{answer}\n{body}");
        }
        catch (HttpRequestException)
        {
            // A transfer that is broken off says nothing.
        }
    }

    private async Task AskOverTlsAsync(FakeOrigin origin, int tls)
    {
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.ImportFromPemFile(_certificate.RootFile);
        using var client = new HttpClient(
            new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } })
        { Timeout = TimeSpan.FromSeconds(30) };
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder("https", "127.0.0.1", tls, "/file").Uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("Download-From", origin.Url);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_secrets["proxy token"]}");
        using var answer = await client.SendAsync(request, Cancelled);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.Equal([1, 2, 3], await answer.Content.ReadAsByteArrayAsync(Cancelled));
        using var plain = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        await Assert.ThrowsAsync<HttpRequestException>(
            () => plain.GetAsync(new UriBuilder("http", "127.0.0.1", tls, $"/{_secrets["not TLS"]}").Uri, Cancelled));
    }

    private async Task<string> ManagementAsync(ProxyProcess proxy, string path)
    {
        using var wrong = await proxy.Management.GetAsync(
            new Uri($"{path}?token={_secrets["management query"]}", UriKind.Relative), Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_secrets["management token"]}");
        using var answer = await proxy.Management.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await wrong.Content.ReadAsStringAsync(Cancelled) + await answer.Content.ReadAsStringAsync(Cancelled);
    }
}
