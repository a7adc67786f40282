using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\u0001b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 a\u0001b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nraw")]
    [InlineData("HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/5\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("HTTP/1.1 304 Not Modified\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/0.9 200 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("garbage garbage garbage\r\n\r\n")]
    public async Task HeadThatIsNoClearAnswer_IsAProtocolFailure(string answer)
    {
        await using var upstream = new Upstream();
        await using var origin = RawOrigin.Saying(answer);

        var failure = await upstream.FetchFailureAsync(origin.Url + "/x");

        Assert.True(failure?.Reason is FailureReason.UpstreamProtocol, $"{failure?.Reason} {failure?.Cause}");
    }

    [Fact]
    public async Task HeadLargerThanTheLimit_IsAProtocolFailure()
    {
        await using var upstream = new Upstream(options => options.MaxHeaderBytes = 8192);
        await using var origin = RawOrigin.Saying($"HTTP/1.1 200 OK\r\nX: {new string('x', 10_000)}\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(FailureReason.UpstreamProtocol, (await upstream.FetchFailureAsync(origin.Url + "/"))?.Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HeadIsHandedOnAsSent_AlsoByteByByte(bool byteByByte)
    {
        const string Answer = "HTTP/1.1 203 Fine \u00e9\r\nX-Name: \u00c3\u00a9\r\netag: W/\"x\"\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
            + "Last-Modified: yesterday\r\nContent-Encoding: nonsense\r\nContent-Length: 2\r\n\r\nhi";
        await using var upstream = new Upstream();
        await using var origin = byteByByte ? RawOrigin.SayingByteByByte(Answer) : RawOrigin.Saying(Answer);

        var answer = await upstream.FetchAsync(origin.Url + "/x");
        await using var response = answer.Response!;

        Assert.Equal((203, "Fine \u00e9", 2L), (response.Status, response.ReasonPhrase, response.ContentLength!.Value));
        Assert.Equal(origin.Url + "/x", response.FinalTarget.Text);
        Assert.Equal(
            [
                "Content-Encoding: nonsense", "Content-Length: 2", "ETag: W/\"x\"", "Last-Modified: yesterday",
                "Set-Cookie: a=1", "Set-Cookie: b=2", "X-Name: \u00c3\u00a9",
            ],
            response.Headers.Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("hi"u8.ToArray(), (await upstream.ReadAsync(response)).Body);
    }

    [Fact]
    public async Task RequestHeaders_ReachTheWireAsGiven_AndNothingIsAdded()
    {
        await using var upstream = new Upstream();
        await using var origin = RawOrigin.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var activity = new System.Diagnostics.Activity("a trace of ours").Start();

        await upstream.FetchFailureAsync(
            origin.Url + "/x", ("Accept-Encoding", "identity"), ("Via", "1.1 clamproxy"), ("If-None-Match", "not,\"valid"),
            ("Host", "evil.example"), ("X-Bytes", "\u00c3\u00a9"), ("Date", "not a date"));

        Assert.Equal(
            $"GET /x HTTP/1.1\r\nHost: 127.0.0.1:{origin.Port}\r\nAccept-Encoding: identity\r\nVia: 1.1 clamproxy\r\n"
            + "If-None-Match: not,\"valid\r\nX-Bytes: \u00c3\u00a9\r\nDate: not a date\r\n\r\n",
            Assert.Single(origin.Requests));
    }

    [Theory]
    [InlineData("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", 304, "If-None-Match")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n", 304, "if-modified-since")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\n\r\nab", 206, "Range")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, "X")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "X")]
    [InlineData("HTTP/1.1 503 Later\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", 503, "X")]
    [InlineData("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 999, "X")]
    [InlineData("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", 302, "X")]
    [InlineData("HTTP/1.1 300 Multiple Choices\r\nContent-Length: 0\r\n\r\n", 300, "X")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", 200, "X")]
    public async Task AnswerThatFitsItsQuestion_IsPassedOn(string answer, int status, string requestHeader)
    {
        await using var upstream = new Upstream(options => options.Retries = 2);
        await using var origin = RawOrigin.Saying(answer);

        var fetched = await upstream.FetchAsync(origin.Url + "/x", (requestHeader, "value"));
        await using var response = fetched.Response!;
        var (_, failure) = await upstream.ReadAsync(response);

        Assert.Equal(status, response.Status);
        Assert.Null(failure);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task ConnectionThatBreaksBeforeTheHead_IsTriedAgain()
    {
        await using var upstream = new Upstream(options => options.Retries = 2);
        await using var origin = new RawOrigin(conversation =>
        {
            if (conversation.Number <= 2)
            {
                conversation.Reset();
            }

            return conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });

        var (body, failure) = await upstream.DownloadAsync(origin.Url + "/x");

        Assert.Null(failure);
        Assert.Equal("ok"u8.ToArray(), body);
        Assert.Equal(3, origin.Requests.Count);
    }

    [Fact]
    public async Task ConnectionThatAlwaysBreaks_IsUnreachableAfterTheRetries()
    {
        await using var upstream = new Upstream(options => options.Retries = 1);
        await using var origin = new RawOrigin(conversation =>
        {
            conversation.Reset();
            return Task.CompletedTask;
        });

        var failure = await upstream.FetchFailureAsync(origin.Url + "/x");

        Assert.Equal(FailureReason.UpstreamUnreachable, failure?.Reason);
        Assert.Equal(2, origin.Requests.Count);
    }

    [Fact]
    public async Task NobodyListening_IsUnreachable()
    {
        await using var upstream = new Upstream(options => options.Retries = 1);

        var failure = await upstream.FetchFailureAsync($"http://127.0.0.1:{FreePort.Next()}/");

        Assert.Equal(FailureReason.UpstreamUnreachable, failure?.Reason);
    }

    [Fact]
    public async Task CancelledFetch_ThrowsAsCancelled()
    {
        await using var upstream = new Upstream();
        using var asked = new SemaphoreSlim(0);
        await using var origin = new RawOrigin(conversation =>
        {
            asked.Release();
            return conversation.HangAsync();
        });
        using var leaving = new CancellationTokenSource();
        var target = Core.Download.Target.TryParse(origin.Url + "/x", out _)!;

        var fetching = upstream.Client.FetchAsync(new Core.Download.UpstreamRequest(target, []), leaving.Token);
        await asked.WaitAsync(upstream.Token);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
    }
}
