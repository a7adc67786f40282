using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamTlsTests
{
    [Fact]
    public async Task TrustedCertificate_IsFetchedOverHttp2()
    {
        using var certificate = new FakeOriginCertificate();
        await using var upstream = new Upstream(options => options.ExtraRootCertificates = certificate.RootFile);
        upstream.Resolver.Add("mirror.test", "127.0.0.1");
        await using var origin = await FakeOrigin.StartAsync(certificate.Server);
        var file = new byte[3_000_000];
        Random.Shared.NextBytes(file);
        origin.On("/a%2Fb//c", file);

        var (body, failure) = await upstream.DownloadAsync($"https://mirror.test:{origin.Port}/a%2Fb//c?x=%20");

        Assert.Null(failure);
        Assert.Equal(file, body);
        var request = Assert.Single(origin.Requests);
        Assert.Equal(("HTTP/2", "/a%2Fb//c?x=%20"), (request.Protocol, request.Target));
    }

    [Fact]
    public async Task UntrustedCertificate_IsATlsFailureAndNotTriedAgain()
    {
        using var certificate = new FakeOriginCertificate();
        await using var upstream = new Upstream(options => options.Retries = 2);
        await using var origin = await FakeOrigin.StartAsync(certificate.Server);

        var failure = await upstream.FetchFailureAsync(origin.Url + "/");

        Assert.Equal(FailureReason.UpstreamTlsFailed, failure?.Reason);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task CertificateForAnotherName_IsATlsFailure()
    {
        using var certificate = new FakeOriginCertificate();
        await using var upstream = new Upstream(options => options.ExtraRootCertificates = certificate.RootFile);
        upstream.Resolver.Add("mirror.example", "127.0.0.1");
        await using var origin = await FakeOrigin.StartAsync(certificate.Server);

        Assert.Equal(FailureReason.UpstreamTlsFailed, (await upstream.FetchFailureAsync($"https://mirror.example:{origin.Port}/"))?.Reason);
    }

    [Fact]
    public async Task PlainServerBehindHttps_IsATlsFailure()
    {
        await using var upstream = new Upstream();
        await using var origin = await FakeOrigin.StartAsync();

        Assert.Equal(FailureReason.UpstreamTlsFailed, (await upstream.FetchFailureAsync($"https://127.0.0.1:{origin.Port}/"))?.Reason);
    }

    [Fact]
    public async Task Http2StreamThatIsReset_IsATruncatedBody()
    {
        using var certificate = new FakeOriginCertificate();
        await using var upstream = new Upstream(options => options.ExtraRootCertificates = certificate.RootFile);
        await using var origin = await FakeOrigin.StartAsync(certificate.Server);
        origin.On("/x", async context =>
        {
            await context.Response.Body.WriteAsync(new byte[1000]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        var (_, failure) = await upstream.DownloadAsync(origin.Url + "/x");

        Assert.Equal(FailureReason.UpstreamTruncated, failure?.Reason);
    }
}
