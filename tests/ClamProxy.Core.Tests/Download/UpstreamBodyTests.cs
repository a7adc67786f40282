using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamBodyTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and what nobody asked for")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;ext=1\r\nhe\r\n3\r\nllo\r\n0\r\nX-Trailer: evil\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nhello")]
    public async Task WholeBody_ComesThrough_AlsoByteByByte(string answer)
    {
        foreach (var byteByByte in new[] { false, true })
        {
            await using var upstream = new Upstream();
            await using var origin = byteByByte ? RawOrigin.SayingByteByByte(answer) : RawOrigin.Saying(answer);

            var (body, failure) = await upstream.DownloadAsync(origin.Url + "/x");

            Assert.Null(failure);
            Assert.Equal("hello"u8.ToArray(), body);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", FailureReason.UpstreamTruncated)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", FailureReason.UpstreamTruncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", FailureReason.UpstreamTruncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", FailureReason.UpstreamTruncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", FailureReason.UpstreamTruncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n", FailureReason.UpstreamProtocol)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", FailureReason.UpstreamProtocol)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", FailureReason.UpstreamProtocol)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello", FailureReason.UpstreamProtocol)]
    public async Task BrokenBody_IsAFailure_AlsoByteByByte(string answer, FailureReason reason)
    {
        foreach (var byteByByte in new[] { false, true })
        {
            await using var upstream = new Upstream();
            await using var origin = byteByByte ? RawOrigin.SayingByteByByte(answer) : RawOrigin.Saying(answer);

            var (_, failure) = await upstream.DownloadAsync(origin.Url + "/x");

            Assert.True(failure?.Reason == reason, $"{failure?.Reason} {failure?.Cause}");
        }
    }

    [Fact]
    public async Task BodyThatIsReset_IsTruncated()
    {
        await using var upstream = new Upstream();
        using var gotSome = new SemaphoreSlim(0);
        await using var origin = new RawOrigin(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            await gotSome.WaitAsync(conversation.Stopping);
            conversation.Reset();
        });
        var answer = await upstream.FetchAsync(origin.Url + "/x");
        await using var response = answer.Response!;

        var failure = await response.CopyToAsync(
            (_, _) =>
            {
                gotSome.Release();
                return ValueTask.FromResult<Failure?>(null);
            },
            upstream.Token);

        Assert.Equal(FailureReason.UpstreamTruncated, failure?.Reason);
    }

    [Fact]
    public async Task SinkThatRefuses_EndsTheDownloadWithItsFailure()
    {
        await using var upstream = new Upstream();
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/x", new byte[10_000_000]);
        var answer = await upstream.FetchAsync(origin.Url + "/x");
        await using var response = answer.Response!;
        var full = new Failure(FailureReason.SpoolFull, "No space.");
        var pieces = 0;

        var failure = await response.CopyToAsync((_, _) => ValueTask.FromResult(++pieces == 3 ? full : null), upstream.Token);

        Assert.Same(full, failure);
        Assert.Equal(3, pieces);
    }

    [Fact]
    public async Task ReaderThatLeaves_CancelsTheDownload()
    {
        await using var upstream = new Upstream();
        await using var origin = new RawOrigin(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            await conversation.HangAsync();
        });
        var answer = await upstream.FetchAsync(origin.Url + "/x");
        await using var response = answer.Response!;
        using var leaving = new CancellationTokenSource();

        var copying = response.CopyToAsync(
            async (_, _) =>
            {
                await leaving.CancelAsync();
                return null;
            },
            leaving.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
    }

    [Fact]
    public async Task EncodedBody_IsHandedOnAsReceived()
    {
        await using var upstream = new Upstream();
        await using var origin = RawOrigin.Saying(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b\u0008!");

        var (body, failure) = await upstream.DownloadAsync(origin.Url + "/x");

        Assert.Null(failure);
        Assert.Equal([0x1f, 0x8b, 0x08, (byte)'!'], body);
    }
}
