using System.Text;
using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

/// <summary>What a hostile upstream may send over HTTP/2: fields that are several lines in HTTP/1.1, and frames without end.</summary>
[Collection(Alone.Name)]
public sealed class UpstreamHttp2AttackTests
{
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private static readonly byte[] Status200 = [0x88];

    /// <summary>For the tests that a time-out does not fail: some of their upstreams leave the client waiting.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData("x", "a\r\nX-Evil: 1")]
    [InlineData("x", "a\nX-Evil: 1")]
    [InlineData("x", "a\0b")]
    [InlineData("x", "a\u0001b")]
    [InlineData("x\r\nx-evil", "1")]
    [InlineData("x y", "1")]
    [InlineData("x:", "1")]
    [InlineData("etag", "\"a\"\r\nX-Evil: 1")]
    [InlineData("content-type", "a\r\nX-Evil: 1")]
    [InlineData("location", "/a\r\nX-Evil: 1")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("connection", "x-evil")]
    [InlineData("content-length", "5\r\nX-Evil: 1")]
    [InlineData(":status", "302")]
    [InlineData(":path", "/")]
    public async Task FieldThatSplitsAnHttp1Head_IsRefusedOrHarmless(string name, string value)
    {
        var (_, headers, _) = await FetchAsync(
            Short,
            RawHttp2Origin.Frame(1, EndHeaders, [.. Status200, .. RawHttp2Origin.Field(name, value)]),
            RawHttp2Origin.Data("hello", isLast: true));

        Assert.DoesNotContain(headers, header => (header.Key + header.Value).AsSpan().ContainsAnyInRange('\0', '\u0008')
                                                 || (header.Key + header.Value).AsSpan().IndexOfAny('\r', '\n') >= 0);
        Assert.DoesNotContain(
            headers,
            header =>
                header.Key.Equals("X-Evil", StringComparison.OrdinalIgnoreCase) || header.Key.Contains(':', StringComparison.Ordinal));
    }

    public static TheoryData<string, byte[]> Floods => new()
    {
        {
            "CONTINUATION",
            RawHttp2Origin.Frame(9, 0, [.. Enumerable.Repeat(RawHttp2Origin.Field("x", new string('x', 100)), 100).SelectMany(one => one)])
        },
        { "empty CONTINUATION", RawHttp2Origin.Frame(9, 0, []) },
    };

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task HeadWithoutEnd_IsCutOffInLittleMemory(string kind, byte[] again)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var (reason, _, _) = await FetchAsync(
            Short, [RawHttp2Origin.Frame(1, 0, Status200), .. Enumerable.Repeat(again, 20_000)]);

        Assert.True(
            reason is FailureReason.UpstreamProtocol or FailureReason.UpstreamTimedOut or FailureReason.UpstreamUnreachable,
            $"{kind}: {reason}");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 0)]
    [InlineData(6, 0)]
    [InlineData(8, 0)]
    [InlineData(2, 1)]
    public async Task FramesThatAskForWork_DoNotKeepTheBodyAway(byte type, byte stream)
    {
        byte[] payload = type switch { 4 => [0, 4, 0, 1, 0, 0], 6 => new byte[8], 8 => [0, 0, 0, 1], 2 => new byte[5], _ => [0, 0, 0, 8] };
        var frames = Enumerable.Repeat(RawHttp2Origin.Frame(type, 0, payload, stream), 2000);

        var (reason, _, body) = await FetchAsync(
            null, [.. frames, RawHttp2Origin.Head("5"), RawHttp2Origin.Data("hello", isLast: true)]);

        Assert.True(reason is FailureReason.UpstreamProtocol or FailureReason.UpstreamUnreachable || body == "hello", $"{reason}");
    }

    [Fact]
    public async Task StreamRefusedAgainAndAgain_IsGivenUp()
    {
        // REFUSED_STREAM invites a second attempt: there must be an end to them.
        var (reason, _, _) = await FetchAsync(Short, RawHttp2Origin.Frame(3, 0, [0, 0, 0, 7]));

        Assert.True(
            reason is FailureReason.UpstreamProtocol or FailureReason.UpstreamUnreachable or FailureReason.UpstreamTimedOut, $"{reason}");
    }

    [Fact]
    public async Task DataBehindTheEnd_IsNoPartOfTheBody()
    {
        var (reason, _, body) = await FetchAsync(
            Short, RawHttp2Origin.Head("5"), RawHttp2Origin.Data("hello", isLast: true), RawHttp2Origin.Data("evil", isLast: true));

        Assert.True(reason is not null || body == "hello", body);
    }

    [Fact]
    public async Task PushedAnswer_IsRefused()
    {
        byte[] promise = [0, 0, 0, 2, 0x82, 0x87, 0x84];
        var (reason, _, _) = await FetchAsync(
            null, RawHttp2Origin.Frame(5, EndHeaders, promise), RawHttp2Origin.Head("5"), RawHttp2Origin.Data("hello", isLast: true));

        Assert.True(reason is FailureReason.UpstreamProtocol or FailureReason.UpstreamUnreachable, $"{reason}");
    }

    [Fact]
    public async Task HeadAndEndInOne_IsAnEmptyBody()
    {
        Assert.Equal((null, ""), await BodyAsync(RawHttp2Origin.Frame(1, EndHeaders | EndStream, Status200)));
        Assert.Equal(FailureReason.UpstreamTruncated, (await BodyAsync(
            RawHttp2Origin.Frame(1, EndHeaders | EndStream, [.. Status200, .. RawHttp2Origin.Field("content-length", "5")]))).Reason);
    }

    private static async Task<(FailureReason? Reason, string Body)> BodyAsync(params byte[][] frames)
    {
        var (reason, _, body) = await FetchAsync(null, frames);
        return (reason, body);
    }

    /// <param name="limit">How long each wait may take; null: as long as by default.</param>
    private static async Task<(FailureReason? Reason, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)> FetchAsync(
        TimeSpan? limit, params byte[][] frames)
    {
        using var certificate = new FakeOriginCertificate();
        await using var upstream = new Upstream(options =>
        {
            options.ExtraRootCertificates = certificate.RootFile;
            (options.ConnectTimeout, options.HeaderTimeout, options.IdleTimeout) = (
                limit ?? options.ConnectTimeout, limit ?? options.HeaderTimeout, limit ?? options.IdleTimeout);
        });
        await using var origin = new RawHttp2Origin(certificate.Server, frames);
        var answer = await upstream.FetchAsync(origin.Url + "/x");
        if (answer.Failure is { } unanswered)
        {
            return (unanswered.Reason, [], "");
        }

        await using var response = answer.Response!;
        var (body, failure) = await upstream.ReadAsync(response);
        return (failure?.Reason, response.Headers, Encoding.ASCII.GetString(body));
    }
}
