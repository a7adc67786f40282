using System.Net.Security;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 2, for Redis over TLS.</summary>
internal sealed class RedisCertificateCase() : HostileCase(
    "2-rediss",
    "who sits between ClamProxy and its rediss:// shows a certificate that names an internal URL (AIA, OCSP, CRL)",
    "no such address is asked, and downloads go on")
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    public override async Task RunAsync(CaseRun run)
    {
        var inside = run.Made(RawOrigin.Saying("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        using var chain = new BareChain(inside.Url);
        // It ends before its certificate does.
        await using var redis = new TlsOrigin(SslStreamCertificateContext.Create(chain.Leaf, additionalCertificates: null, offline: true));
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.On("/file", RandomBody.Of(1000));
        var proxy = await run.ProxyAsync(("REDIS_URL", $"rediss://127.0.0.1:{redis.Port}"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(run.Ending);
        limit.CancelAfter(Longest);
        while (redis.Accepted < 2 && inside.Requests.Count == 0 && !limit.IsCancellationRequested)
        {
            using var request = ClientFrom.Ask("/file", origin.Url, cacheScan: true);
            using var answer = await proxy.Client.SendAsync(request, run.Ending);
            run.Must((int)answer.StatusCode == 200, $"a download is a {(int)answer.StatusCode}");
            await Task.Delay(200, run.Ending);
        }

        run.Saw($"{redis.Accepted} connections to Redis, {inside.Requests.Count} requests to the internal URL");
        run.Must(redis.Accepted > 0, "Redis was never asked: nothing was attacked");
        run.Must(inside.Requests.Count == 0, $"{inside.Requests.Count} requests to the internal URL");
    }
}
