using System.Text;
using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

/// <summary>What a hostile upstream may send to make us misread it, work for ever or fill our memory.</summary>
[Collection(Alone.Name)]
public sealed class UpstreamAttackTests
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\n Content-Length: 9\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n Transfer-Encoding: chunked\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\rX\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding:\u000bchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: \"chunked\"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 05\r\n\r\nhello")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /a\rX: y\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: empty\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    public async Task HeadWithTwoReadings_IsRefused_AlsoByteByByte(string answer)
    {
        foreach (var byteByByte in new[] { false, true })
        {
            await using var upstream = new Upstream();
            await using var origin = byteByByte ? RawOrigin.SayingByteByByte(answer) : RawOrigin.Saying(answer);

            var failure = await upstream.FetchFailureAsync(origin.Url + "/x");

            Assert.True(
                failure?.Reason is FailureReason.UpstreamProtocol or FailureReason.UpstreamRedirects,
                $"{failure?.Reason} {failure?.Detail}");
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: a\rTransfer-Encoding: chunked\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\0\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length:5\r\nContent-Type: a\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0;c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0005\r\nhello\r\n00\r\n\r\n")]
    public async Task HeadThatOnlyLooksOdd_IsReadAsItsBodyIsDelivered(string answer)
    {
        await using var upstream = new Upstream();
        await using var origin = RawOrigin.Saying(answer);

        var fetched = await upstream.FetchAsync(origin.Url + "/x");
        await using var response = fetched.Response!;

        Assert.Equal("hello"u8.ToArray(), (await upstream.ReadAsync(response)).Body);
        Assert.DoesNotContain(response.Headers, header => header.Value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0);
    }

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\nTransfer-Encoding: gzip\r\nContent-Length: 9\r\n\r\n", null)]
    [InlineData("5;\0\r\nhello\r\n0\r\n\r\n", null)]
    [InlineData("5 \r\nhello\r\n0\r\n\r\n", null)]
    [InlineData("+5\r\nhello\r\n0\r\n\r\n", FailureReason.UpstreamProtocol)]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n", FailureReason.UpstreamProtocol)]
    [InlineData("5\r\nhello0\r\n\r\n", FailureReason.UpstreamProtocol)]
    [InlineData("\r\n5\r\nhello\r\n0\r\n\r\n", FailureReason.UpstreamProtocol)]
    [InlineData("8000000000000005\r\nhello\r\n0\r\n\r\n", FailureReason.UpstreamTruncated)]
    public async Task ChunksWithTwoReadings_AreTheirBytesOrAFailure(string chunks, FailureReason? reason)
    {
        await using var upstream = new Upstream();
        await using var origin = RawOrigin.Saying($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");

        var (body, failure) = await upstream.DownloadAsync(origin.Url + "/x");

        Assert.Equal(reason, failure?.Reason);
        if (reason is null)
        {
            Assert.Equal("hello"u8.ToArray(), body);
        }
    }

    [Fact]
    public async Task SecondAnswerBehindTheFirst_IsNobodysAnswer()
    {
        // Response splitting: what stands behind the body must not answer the next request over this connection.
        await using var upstream = new Upstream();
        await using var origin = RawOrigin.Saying(Hello + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("hello"u8.ToArray(), (await upstream.DownloadAsync(origin.Url + "/x")).Body);
        }

        Assert.Equal(5, origin.Requests.Count);
    }

    [Theory]
    [InlineData(64 * 1024, 100_000)]
    [InlineData(1024 * 1024, 100_000)]
    [InlineData(1024 * 1024, 1001)]
    public async Task HundredThousandHeaders_AreRefusedInLittleMemory(int maxHeaderBytes, int lines)
    {
        await using var upstream = new Upstream(options => options.MaxHeaderBytes = maxHeaderBytes);
        await using var origin = RawOrigin.Saying(
            $"HTTP/1.1 200 OK\r\n{string.Concat(Enumerable.Repeat("a:\r\n", lines))}Content-Length: 5\r\n\r\nhello");
        var before = GC.GetTotalAllocatedBytes();

        var failure = await upstream.FetchFailureAsync(origin.Url + "/x");

        Assert.Equal(FailureReason.UpstreamProtocol, failure?.Reason);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }

    public static TheoryData<string, string> EndlessParts => new()
    {
        { "status line", "HTTP/1.1 200 |a" },
        { "field name", "HTTP/1.1 200 OK\r\n|a" },
        { "field value", "HTTP/1.1 200 OK\r\nA: |a" },
        { "fields", "HTTP/1.1 200 OK\r\n|A: b\r\n" },
        { "folded field", "HTTP/1.1 200 OK\r\nA: b\r\n| c\r\n" },
        { "chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|0" },
        { "chunk extension", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=|b" },
        { "trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n|A: b\r\n" },
    };

    [Theory]
    [MemberData(nameof(EndlessParts))]
    public async Task PartThatNeverEnds_IsCutOff(string part, string answer)
    {
        var (start, again) = (answer.Split('|')[0], Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(answer.Split('|')[1], 8192))));
        var sent = 0L;
        await using var upstream = new Upstream(options => options.IdleTimeout = TimeSpan.FromSeconds(5));
        await using var origin = new RawOrigin(async conversation =>
        {
            await conversation.SayAsync(start);
            for (; sent < 1L << 30; sent += again.Length)
            {
                await conversation.SayAsync(again);
            }
        });

        var fetched = await upstream.FetchAsync(origin.Url + "/x");
        var failure = fetched.Failure;
        if (fetched.Response is { } response)
        {
            await using (response)
            {
                failure = (await upstream.ReadAsync(response)).Failure;
            }
        }

        Assert.True(
            failure?.Reason is FailureReason.UpstreamProtocol or FailureReason.UpstreamTruncated,
            $"{part}: {failure?.Reason} {failure?.Cause}");
        Assert.InRange(sent, 0, 64 << 20);
    }

    [Fact]
    public async Task InterimAnswersForEver_EndAtTheHeadDeadline()
    {
        await using var upstream = new Upstream(
            options => (options.ConnectTimeout, options.HeaderTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        await using var origin = new RawOrigin(async conversation =>
        {
            while (true)
            {
                await conversation.SayAsync("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
            }
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var failure = await upstream.FetchFailureAsync(origin.Url + "/x");

        Assert.True(failure?.Reason is FailureReason.UpstreamTimedOut or FailureReason.UpstreamProtocol, $"{failure?.Reason}");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 << 20);
    }

    [Fact]
    public async Task HeadThatDrips_EndsAtTheHeadDeadline()
    {
        var clock = FakeClock.Create();
        await using var upstream = new Upstream(time: clock);
        await using var origin = new RawOrigin(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\n");
            while (true)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                await conversation.SayAsync("a");
            }
        });

        Assert.Equal(FailureReason.UpstreamTimedOut, (await upstream.FetchFailureAsync(origin.Url + "/x"))?.Reason);
    }

    [Fact]
    public async Task RedirectWithABodyThatNeverEnds_IsFollowedWithoutReadingIt()
    {
        var sent = 0L;
        await using var upstream = new Upstream();
        await using var origin = new RawOrigin(async conversation =>
        {
            if (conversation.Number > 1)
            {
                await conversation.SayAsync(Hello);
                return;
            }

            await conversation.SayAsync("HTTP/1.1 302 Found\r\nLocation: /next\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (; sent < 1L << 30; sent += 8192)
            {
                await conversation.SayAsync($"2000\r\n{new string('x', 8192)}\r\n");
            }
        });

        Assert.Equal("hello"u8.ToArray(), (await upstream.DownloadAsync(origin.Url + "/x")).Body);
        Assert.InRange(Interlocked.Read(ref sent), 0, 64 << 20);
    }
}
