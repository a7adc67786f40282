using System.Security.Cryptography.X509Certificates;
using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

/// <summary>An upstream with several addresses of which some do not answer (RFC 8305).</summary>
public sealed class UpstreamAddressTests
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

    /// <summary>Of a length that no other limit has, and too long to run off before the test lets it.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(2);

    private readonly HurriedTime _time = new();

    [Fact]
    public async Task DeadFirstAddress_CostsAMomentAndNotAShareOfTheTimeout()
    {
        using var deaf = DeafListener.Start("127.0.0.9", FreePort.Next());
        await using var origin = RawOrigin.Saying(Hello, deaf.Port);
        await using var upstream = new Upstream(
            options => (options.ConnectTimeout, options.NextAddressAfter) = (2 * Turn, Turn), _time);
        upstream.Resolver.Add("half-dead.test", "127.0.0.9", "127.0.0.1");

        var fetching = upstream.FetchFailureAsync($"http://half-dead.test:{deaf.Port}/");
        await _time.RunOffNextAsync(Turn, upstream.Token);

        Assert.Null(await fetching);
    }

    [Fact]
    public async Task FirstAddressAcceptsAndStaysSilent_NextOneIsAskedAndRemembered()
    {
        await using var silent = new SilentListener("127.0.0.9", FreePort.Next());
        await using var origin = RawOrigin.Saying(Hello, silent.Port);
        await using var upstream = new Upstream(
            options => (options.FirstByteTimeout, options.NextAddressAfter, options.Retries) = (Turn, Turn / 2, 1), _time);
        upstream.Resolver.Add("half-silent.test", "127.0.0.9", "127.0.0.1");

        var fetching = upstream.FetchFailureAsync($"http://half-silent.test:{silent.Port}/");
        await silent.AskedAsync(upstream.Token);
        await _time.RunOffNextAsync(Turn, upstream.Token);
        Assert.Null(await fetching);
        Assert.Null(await upstream.FetchFailureAsync($"http://half-silent.test:{silent.Port}/"));

        Assert.Equal((1, 2), (silent.Accepted, origin.Requests.Count));
    }

    [Fact]
    public async Task FirstAddressIsSilentInTheHandshake_NextOneIsAskedAndRemembered()
    {
        using var certificate = new FakeOriginCertificate();
        await using var silent = new SilentListener("127.0.0.9", FreePort.Next());
        await using var origin = Tls(certificate.Server, silent.Port);
        await using var upstream = new Upstream(
            options => (options.ExtraRootCertificates, options.ConnectTimeout, options.NextAddressAfter) = (
                certificate.RootFile, 2 * Turn, Turn),
            _time);
        upstream.Resolver.Add("mirror.test", "127.0.0.9", "127.0.0.1");

        var fetching = upstream.FetchFailureAsync($"https://mirror.test:{silent.Port}/");
        await silent.AskedAsync(upstream.Token);
        await _time.RunOffNextAsync(Turn, upstream.Token);
        Assert.Null(await fetching);
        Assert.Null(await upstream.FetchFailureAsync($"https://mirror.test:{silent.Port}/"));

        Assert.Equal((1, 2), (silent.Accepted, origin.Accepted));
    }

    [Fact]
    public async Task FirstAddressHasAnotherCertificate_NextOneIsAsked()
    {
        using var certificate = new FakeOriginCertificate();
        using var wrong = new FakeOriginCertificate();
        await using var other = Tls(wrong.Server, FreePort.Next(), "127.0.0.9");
        await using var origin = Tls(certificate.Server, other.Port);
        await using var upstream = new Upstream(options => options.ExtraRootCertificates = certificate.RootFile);
        upstream.Resolver.Add("mirror.test", "127.0.0.9", "127.0.0.1");

        Assert.Null(await upstream.FetchFailureAsync($"https://mirror.test:{origin.Port}/"));
    }

    [Fact]
    public async Task EveryAddressIsSilent_ItIsATimeOutAndNeitherIsPreferred()
    {
        await using var silent = new SilentListener("127.0.0.9", FreePort.Next());
        await using var alsoSilent = new SilentListener("127.0.0.10", silent.Port);
        await using var upstream = new Upstream(
            options => (options.FirstByteTimeout, options.HeaderTimeout, options.NextAddressAfter, options.Retries) = (
                Turn, 2 * Turn, Turn / 2, 2),
            _time);
        upstream.Resolver.Add("silent.test", "127.0.0.9", "127.0.0.10");

        var fetching = upstream.FetchFailureAsync($"http://silent.test:{silent.Port}/");
        await silent.AskedAsync(upstream.Token);
        await _time.RunOffNextAsync(Turn, upstream.Token);

        // There is no third one that would be worth a break of the second.
        await alsoSilent.AskedAsync(upstream.Token);
        Assert.Empty(_time.Running(Turn));
        await _time.RunOffNextAsync(2 * Turn, upstream.Token);

        Assert.Equal(FailureReason.UpstreamTimedOut, (await fetching)?.Reason);
        Assert.Equal((1, 1), (silent.Accepted, alsoSilent.Accepted));
    }

    [Theory]
    [InlineData(0, "127.0.0.1", "127.0.0.9")]
    [InlineData(2, "127.0.0.1")]
    public async Task SlowAnswerWithNoOtherAddressOrNoRetryLeft_IsWaitedFor(int retries, params string[] addresses)
    {
        await using var origin = new RawOrigin(async conversation =>
        {
            await Task.Delay(400);
            await conversation.SayAsync(Hello);
        });
        await using var upstream = new Upstream(
            options => (options.FirstByteTimeout, options.Retries) = (TimeSpan.FromMilliseconds(100), retries));
        upstream.Resolver.Add("slow.test", addresses);

        Assert.Null(await upstream.FetchFailureAsync($"http://slow.test:{origin.Port}/"));
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task AddressThatIsNotAllowed_TakesNoPartInTheRace()
    {
        await using var forbidden = new SilentListener("127.0.0.9", FreePort.Next());
        using var deaf = DeafListener.Start("127.0.0.10", forbidden.Port);
        await using var origin = RawOrigin.Saying(Hello, forbidden.Port);
        await using var upstream = new Upstream(options => options.AllowedUpstreams = ["127.0.0.10/32", "127.0.0.1/32"]);
        upstream.Resolver.Add("mixed.test", "127.0.0.9", "127.0.0.10", "127.0.0.1");

        Assert.Null(await upstream.FetchFailureAsync($"http://mixed.test:{origin.Port}/"));
        Assert.Equal(0, forbidden.Accepted);
    }

    private static TlsOrigin Tls(X509Certificate2 certificate, int port, string address = "127.0.0.1") =>
        new(System.Net.Security.SslStreamCertificateContext.Create(certificate, null, offline: true), port, address);
}
