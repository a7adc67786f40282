using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using Grpc.Core;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>How messages end in Envoy's protocol, and how streams do.</summary>
public sealed class MessageEndTests
{
    private static readonly byte[] Content = RandomBody.Of(100_000);

    [Theory]
    [InlineData(nameof(BodySendMode.Buffered))]
    [InlineData(nameof(BodySendMode.FullDuplexStreamed))]
    public async Task HeadersAreAll_PassAtOnce(string modeName)
    {
        var mode = Enum.Parse<BodySendMode>(modeName);
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(mode, mode);

        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync(isEnd: true, status: 204);
        await envoy.HearAsync(Kind.ResponseHeaders);
        await envoy.CloseAsync();

        Assert.Equal(StatusCode.OK, await envoy.EndAsync());
        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task EmptyChunkedBody_Buffered_Passes()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.Buffered);

        await envoy.SayResponseBodyAsync(default, isEnd: true);

        await envoy.HearAsync(Kind.ResponseBody);
    }

    [Fact]
    public async Task EmptyChunkedBody_FullDuplex_ComesBackAsAnEmptyEnd()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);

        await envoy.SayResponseBodyAsync(default, isEnd: true);

        await envoy.HearAsync(Kind.ResponseHeaders);
        Assert.Empty(await envoy.HearBodyAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BufferedBodyWithTrailers_TheBodyIsWholeWithoutItsEnd(bool areTrailersSent)
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.Buffered);

        await envoy.SayResponseBodyAsync(Content, isEnd: false);
        await envoy.HearAsync(Kind.ResponseBody);
        if (areTrailersSent)
        {
            await envoy.SayResponseTrailersAsync();
            await envoy.HearAsync(Kind.ResponseTrailers);
        }

        await envoy.CloseAsync();
        Assert.Equal(StatusCode.OK, await envoy.EndAsync());
        Assert.Equal(Content, Assert.Single(world.Clamd.Contents));
    }

    [Fact]
    public async Task BufferedTrailersBeforeTheVerdict_AreAnsweredBehindTheBody()
    {
        await using var world = await EnvoyWorld.StartAsync("--ClamProxy:ExtProc:AskForTime=0");
        var (scanning, finish) = world.Hold();
        using var envoy = await world.OpenResponseAsync(BodySendMode.Buffered);
        await envoy.SayResponseBodyAsync(Content, isEnd: false);
        await scanning;

        await envoy.SayResponseTrailersAsync();
        finish();

        await envoy.HearAsync(Kind.ResponseBody);
        await envoy.HearAsync(Kind.ResponseTrailers);
    }

    [Fact]
    public async Task TrailersWithoutABody_Buffered_Pass()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.Buffered);

        await envoy.SayResponseTrailersAsync();

        await envoy.HearAsync(Kind.ResponseTrailers);
        await world.Host.WaitForMetricAsync("clamproxy_ext_proc_streams", 1);
        Assert.Empty(world.Clamd.Contents);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FullDuplexTrailers_EndTheBodyAndFollowIt(bool hasBody)
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);
        if (hasBody)
        {
            await envoy.SayResponseBodyAsync(Content, isEnd: false);
        }

        await envoy.SayResponseTrailersAsync();

        await envoy.HearAsync(Kind.ResponseHeaders);
        Assert.Equal(hasBody ? Content : [], await envoy.HearBodyAsync(hasTrailers: true));
        await envoy.CloseAsync();
        Assert.Equal(StatusCode.OK, await envoy.EndAsync());
    }

    [Fact]
    public async Task StreamedTrailers_AreAnsweredWithTheVerdict()
    {
        await using var world = await EnvoyWorld.StartAsync("--EXT_PROC_STREAMED=allow");
        using var envoy = await world.OpenResponseAsync(BodySendMode.Streamed);
        await envoy.SayResponseBodyAsync(Eicar.Bytes, isEnd: false);
        await envoy.HearAsync(Kind.ResponseBody);

        await envoy.SayResponseTrailersAsync();

        Assert.Equal(403, (await envoy.HearImmediateAsync()).Status.Code);
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 304)]
    public async Task LengthOfABodyThatIsNotSent_IsNotMissed(string method, int status)
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.FullDuplexStreamed);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, method: method);
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync(status: status, fields: ("content-length", "1234"));

        await envoy.SayResponseBodyAsync(default, isEnd: true);

        await envoy.HearAsync(Kind.ResponseHeaders);
        Assert.Empty(await envoy.HearBodyAsync());
    }

    [Theory]
    [InlineData(nameof(BodySendMode.Buffered), 1)]
    [InlineData(nameof(BodySendMode.Buffered), -1)]
    [InlineData(nameof(BodySendMode.FullDuplexStreamed), 1)]
    [InlineData(nameof(BodySendMode.FullDuplexStreamed), -1)]
    public async Task BodyOfAnotherLengthThanAnnounced_IsRefusedUnscanned(string modeName, int more)
    {
        var mode = Enum.Parse<BodySendMode>(modeName);
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(mode, fields: [("content-length", $"{Content.Length + more}")]);

        await envoy.SayResponseBodyAsync(Content, isEnd: true);

        Assert.Equal("body-broken", ScriptedEnvoy.KindOf(await envoy.HearImmediateAsync()));
        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task MessageThatSaysNothing_HasNoAnswer()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.Buffered);

        await envoy.SayAsync(new ProcessingRequest());
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.SayAsync(new ProcessingRequest());
        await envoy.SayResponseHeadAsync(isEnd: true);

        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.HearAsync(Kind.ResponseHeaders);
    }

    [Theory]
    [InlineData(nameof(BodySendMode.FullDuplexStreamed), 0)]
    [InlineData(nameof(BodySendMode.FullDuplexStreamed), 50_000)]
    [InlineData(nameof(BodySendMode.Buffered), 0)]
    public async Task EnvoyEndsInTheMiddleOfABody_NothingIsScannedAndTheStreamFails(string modeName, int sent)
    {
        var mode = Enum.Parse<BodySendMode>(modeName);
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(mode);
        if (sent > 0)
        {
            await envoy.SayResponseBodyAsync(Content.AsMemory(0, sent), isEnd: false);
        }

        await envoy.CloseAsync();

        Assert.NotEqual(StatusCode.OK, await envoy.EndAsync());
        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task EnvoyEndsBehindAWholeBody_TheVerdictIsAnsweredFirst()
    {
        await using var world = await EnvoyWorld.StartAsync();
        var (scanning, finish) = world.Hold();
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);
        await envoy.SayResponseBodyAsync(Content, isEnd: true);
        await scanning;
        await envoy.CloseAsync();
        var answer = envoy.HearAsync();
        Assert.False(answer.IsCompleted);

        finish();

        Assert.Equal(Kind.ResponseHeaders, (await answer)!.ResponseCase);
        Assert.Equal(Content, await envoy.HearBodyAsync());
        Assert.Equal(StatusCode.OK, await envoy.EndAsync());
    }

    [Fact]
    public async Task StreamReset_InTheMiddleOfABody_NothingIsScanned()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var leaving = new CancellationTokenSource();
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed, leaving.Token);
        await envoy.SayResponseBodyAsync(Content, isEnd: false);

        await leaving.CancelAsync();

        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task StreamReset_BeforeTheVerdict_LeavesNoUrlRecorded()
    {
        await using var world = await EnvoyWorld.StartAsync();
        var scanning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await finish.Task;
            await connection.ReplyAsync("stream: Test.Signature FOUND\0");
        };
        using var leaving = new CancellationTokenSource();
        var envoy = await world.OpenResponseAsync(
            BodySendMode.FullDuplexStreamed, leaving.Token, ("content-length", $"{Content.Length}"));
        await envoy.SayResponseBodyAsync(Content, isEnd: true);
        await scanning.Task.WaitAsync(ScriptedEnvoy.Limit);

        await leaving.CancelAsync();
        await world.Host.WaitForMetricAsync("clamproxy_ext_proc_streams", 0);
        finish.SetResult();

        await world.LeavesNothingAsync();
        using var next = world.Open(BodySendMode.FullDuplexStreamed);
        await next.SayRequestHeadAsync(EnvoyWorld.Url);
        await next.HearAsync(Kind.RequestHeaders);
    }
}
