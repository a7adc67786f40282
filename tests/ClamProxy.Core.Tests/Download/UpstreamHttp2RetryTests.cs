using System.Text;
using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

/// <summary>
/// HTTP/2 servers end requests and connections that other clients simply ask for again (RFC 9113 §5.4, §6.8, §7): no answer had begun.
/// </summary>
public sealed class UpstreamHttp2RetryTests
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

    /// <summary>The codes of RFC 9113 §7 by which a server says that it did not, or could not, answer.</summary>
    public static TheoryData<byte, string> Codes => new()
    {
        { 0, "NO_ERROR" },
        { 2, "INTERNAL_ERROR" },
        { 7, "REFUSED_STREAM" },
        { 8, "CANCEL" },
        { 11, "ENHANCE_YOUR_CALM" },
        { 13, "HTTP_1_1_REQUIRED" },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task StreamIsResetBeforeItsHead_RequestIsSentAgainOverHttp1(byte code, string name)
    {
        var (body, failure, protocols) = await FetchAsync(retries: 2, RawHttp2Origin.Reset(code));

        Assert.True(body == "hello", $"{name}: {failure}");
        Assert.Equal("http/1.1", protocols[^1]);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task ConnectionGoesAwayBeforeTheHead_RequestIsSentAgainOverHttp1(byte code, string name)
    {
        var (body, failure, protocols) = await FetchAsync(retries: 2, RawHttp2Origin.GoAway(code, lastStream: 1), RawHttp2Origin.Close);

        Assert.True(body == "hello", $"{name}: {failure}");
        Assert.Equal("http/1.1", protocols[^1]);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task StreamIsResetAndNothingIsTriedAgain_FailureSaysTheServersCode(byte code, string name)
    {
        var (_, failure, _) = await FetchAsync(retries: 0, RawHttp2Origin.Reset(code));

        Assert.Contains(name, failure?.Detail, StringComparison.Ordinal);
        Assert.Equal(FailureReason.UpstreamUnreachable, failure?.Reason);
    }

    [Fact]
    public async Task FramesThatAreNotHttp2_AreAProtocolFailure()
    {
        // SETTINGS of five bytes: FRAME_SIZE_ERROR (RFC 9113 §6.5), found by this side.
        var (_, failure, _) = await FetchAsync(retries: 0, RawHttp2Origin.Frame(4, 0, new byte[5], stream: 0));

        Assert.Equal(FailureReason.UpstreamProtocol, failure?.Reason);
    }

    private static async Task<(string Body, Failure? Failure, List<string> Protocols)> FetchAsync(int retries, params byte[][] frames)
    {
        using var certificate = new FakeOriginCertificate();
        await using var upstream = new Upstream(
            options => (options.ExtraRootCertificates, options.Retries) = (certificate.RootFile, retries));
        await using var origin = new RawHttp2Origin(certificate.Server, frames) { Http1Answer = Hello };
        var answer = await upstream.FetchAsync(origin.Url + "/x");
        if (answer.Response is null)
        {
            return ("", answer.Failure, [.. origin.Protocols]);
        }

        await using var response = answer.Response!;
        var (body, failure) = await upstream.ReadAsync(response);
        return (Encoding.ASCII.GetString(body), failure, [.. origin.Protocols]);
    }
}
