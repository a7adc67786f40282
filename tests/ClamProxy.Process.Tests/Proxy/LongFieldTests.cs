using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// A real nginx closes an HTTP/2 connection on which one request has too long a field; all downloads from it share that connection.
/// </summary>
public sealed class LongFieldTests
{
    private const int Downloads = 4;
    private static readonly byte[] Content = RandomBody.Of(6 << 20);

    [Theory]
    [InlineData("/x", "User-Agent", 20_000, 431)]
    [InlineData("/x", "User-Agent", 7_000, 200)]
    [InlineData("/x", "Authorization", 7_000, 400)]
    [InlineData("/x", "Accept", 7_000, 400)]
    [InlineData("/long", null, 9_000, 414)]
    public async Task OneClientsLongField_BreaksNobodysDownload(string path, string? field, int length, int status)
    {
        using var certificate = new FakeOriginCertificate();
        await using var nginx = await NginxHttp2.StartAsync(certificate.Server, Content, "2m");
        await using var clamd = FakeClamd.OnTcp();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["ClamProxy__Download__ExtraRootCertificates"] = certificate.RootFile,
        });

        var downloads = Enumerable.Range(0, Downloads).Select(number => AskAsync(proxy, nginx, $"/{number}")).ToList();
        var all = Task.WhenAll(downloads);
        var filler = new string('A', length);
        var attacks = 0;
        do
        {
            var (answered, _) = await AskAsync(proxy, nginx, field is null ? $"{path}{filler}" : path, field, filler);
            Assert.True(answered == status, $"{answered}\n{nginx.Log}\n{proxy.Log}");
            attacks++;
        }
        while (status != 200 && !all.IsCompleted);

        Assert.All(await all, answer => Assert.Equal((200, true), (answer.Status, answer.Body.AsSpan().SequenceEqual(Content))));
        Assert.True(attacks > 1 || status == 200, "no attack was under way");
        Assert.All(
            Enumerable.Range(0, Downloads),
            number =>
                Assert.Equal(
                    $"HTTP/2.0 /{number} 200",
                    Assert.Single(nginx.Answers, line => line.Contains($" /{number} ", StringComparison.Ordinal))));
    }

    private static async Task<(int Status, byte[] Body)> AskAsync(
        ProxyProcess proxy, NginxHttp2 nginx, string path, string? field = null, string? value = null)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(path, UriKind.Relative))
        { Headers = { { "Download-From", nginx.Url } } };
        if (field is not null)
        {
            request.Headers.TryAddWithoutValidation(field, value);
        }

        using var answer = await proxy.Client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }
}
