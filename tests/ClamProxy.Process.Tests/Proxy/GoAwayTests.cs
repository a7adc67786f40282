using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// A real nginx ends an HTTP/2 connection after so many requests (GOAWAY with NO_ERROR), and with it those that it did not take any more.
/// </summary>
public sealed class GoAwayTests
{
    private const int Clients = 60;
    private const int Requests = 1500;
    private static readonly byte[] Content = RandomBody.Of(2000);

    [Fact]
    public async Task NginxEndsItsConnectionsAgainAndAgain_EveryRequestIsAnswered()
    {
        using var certificate = new FakeOriginCertificate();
        await using var nginx = await NginxHttp2.StartAsync(certificate.Server, Content, "0", keepAliveRequests: 100);
        await using var clamd = FakeClamd.OnTcp();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["ClamProxy__Download__ExtraRootCertificates"] = certificate.RootFile,
        });
        var failed = 0;

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions { MaxDegreeOfParallelism = Clients },
            async (number, _) =>
            {
                using var answer = await proxy.GetAsync($"/{number}", nginx.Url);
                var body = await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
                if (answer.StatusCode != HttpStatusCode.OK || !body.AsSpan().SequenceEqual(Content))
                {
                    Interlocked.Increment(ref failed);
                }
            });

        Assert.True(failed == 0, $"{failed} of {Requests}\n{proxy.Log}");
        Assert.Contains(nginx.Answers, answer => answer.StartsWith("HTTP/2.0 ", StringComparison.Ordinal));
    }
}
