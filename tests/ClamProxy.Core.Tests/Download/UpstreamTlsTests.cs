using System.Text;
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddressesInACertificate_AreNotFetchedAndAMissingIntermediateIsTold(bool isRootListed)
    {
        await using var server = new FakeCertificateServer();
        using var chain = new FakeCertificateChain(server);
        await using var origin = new TlsOrigin(chain.Context(withIntermediate: false));
        await using var upstream = new Upstream(options => options.ExtraRootCertificates = isRootListed ? chain.RootFile : null);

        var failure = await upstream.FetchFailureAsync(origin.Url + "/");

        Assert.Equal(0, server.Connections);
        Assert.False(chain.IsIntermediateKept);
        Assert.Equal(FailureReason.UpstreamTlsFailed, failure?.Reason);
        Assert.Contains(
            "did not send the intermediate certificate \"CN=ClamProxy test intermediate", failure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WholeChain_IsTrustedWithoutFetchingAnything()
    {
        await using var server = new FakeCertificateServer();
        using var chain = new FakeCertificateChain(server);
        await using var origin = new TlsOrigin(chain.Context(withIntermediate: true));
        await using var upstream = new Upstream(options => options.ExtraRootCertificates = chain.RootFile);

        Assert.Null(await upstream.FetchFailureAsync(origin.Url + "/"));
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task PlainServerBehindHttps_IsATlsFailure()
    {
        await using var upstream = new Upstream();
        await using var origin = await FakeOrigin.StartAsync();

        Assert.Equal(FailureReason.UpstreamTlsFailed, (await upstream.FetchFailureAsync($"https://127.0.0.1:{origin.Port}/"))?.Reason);
    }

    [Fact]
    public async Task Http2Stream_IsHeldToItsContentLength()
    {
        var hello = RawHttp2Origin.Data("hello", isLast: true);

        Assert.Equal((null, "hello"), await FetchAsync(RawHttp2Origin.Head("5"), hello));
        Assert.Equal(FailureReason.UpstreamTruncated, (await FetchAsync(RawHttp2Origin.Head("6"), hello)).Reason);
        Assert.Equal(FailureReason.UpstreamProtocol, (await FetchAsync(RawHttp2Origin.Head("4"), hello)).Reason);
        Assert.Equal(FailureReason.UpstreamProtocol, (await FetchAsync(RawHttp2Origin.Head("+5"), hello)).Reason);
    }

    [Fact]
    public async Task Http2StreamThatIsReset_IsTruncated()
    {
        var (reason, _) = await FetchAsync(RawHttp2Origin.Head("10"), RawHttp2Origin.Data("hello", isLast: false), RawHttp2Origin.Reset());

        Assert.Equal(FailureReason.UpstreamTruncated, reason);
    }

    [Fact]
    public async Task Http2StreamThatIsResetBeforeItsHead_IsNoAnswer()
    {
        var (reason, _) = await FetchAsync(RawHttp2Origin.Reset());

        Assert.Equal(FailureReason.UpstreamUnreachable, reason);
    }

    private static async Task<(FailureReason? Reason, string Body)> FetchAsync(params byte[][] frames)
    {
        using var certificate = new FakeOriginCertificate();
        await using var upstream = new Upstream(options => options.ExtraRootCertificates = certificate.RootFile);
        await using var origin = new RawHttp2Origin(certificate.Server, frames);
        var answer = await upstream.FetchAsync(origin.Url + "/x");
        if (answer.Failure is { } unanswered)
        {
            return (unanswered.Reason, "");
        }

        await using var response = answer.Response!;
        var (body, failure) = await upstream.ReadAsync(response);
        return (failure?.Reason, Encoding.ASCII.GetString(body));
    }
}
