using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using Grpc.Core;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>What known bugs of Envoy look like from here, by their issue numbers.</summary>
public sealed class EnvoyBugTests
{
    private static readonly byte[] Content = RandomBody.Of(100_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Issue46237_SecondEndOfTheBody_IsNeitherReadNorAnswered(bool isBeforeTheVerdict)
    {
        await using var world = await EnvoyWorld.StartAsync();
        var (scanning, finish) = world.Hold();
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);
        await envoy.SayResponseBodyAsync(Content, isEnd: true);
        await scanning;
        if (isBeforeTheVerdict)
        {
            await envoy.SayResponseBodyAsync(Content.AsMemory(50_000), isEnd: true);
            await world.Host.WaitForMetricAsync("clamproxy_ext_proc_ignored_total", 1);
        }

        finish();
        await envoy.HearAsync(Kind.ResponseHeaders);
        Assert.Equal(Content, await envoy.HearBodyAsync());
        if (!isBeforeTheVerdict)
        {
            await envoy.SayResponseBodyAsync(Content.AsMemory(50_000), isEnd: true);
        }

        await envoy.CloseAsync();
        Assert.Null(await envoy.HearAsync());
        Assert.Equal(Content, Assert.Single(world.Clamd.Contents));
        Assert.Equal(1, await world.Host.MetricAsync("clamproxy_ext_proc_ignored_total"));
    }

    [Fact]
    public async Task Issue46237_SecondEndOfABufferedBody_IsNotRead()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.Buffered);
        await envoy.SayResponseBodyAsync(Content, isEnd: true);
        await envoy.HearAsync(Kind.ResponseBody);

        await envoy.SayResponseBodyAsync(Eicar.Bytes, isEnd: true);
        await envoy.CloseAsync();

        Assert.Null(await envoy.HearAsync());
        Assert.Equal(Content, Assert.Single(world.Clamd.Contents));
    }

    [Fact]
    public async Task Issue46355_EmptyChunksAnywhereInFullDuplex_AddNothing()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);
        await envoy.SayResponseBodyAsync(default, isEnd: false);
        await envoy.SayResponseBodyAsync(Content.AsMemory(0, 50_000), isEnd: false);
        await envoy.SayResponseBodyAsync(default, isEnd: false);
        await envoy.SayResponseBodyAsync(Content.AsMemory(50_000), isEnd: false);
        await envoy.SayResponseBodyAsync(default, isEnd: true);
        await envoy.SayResponseBodyAsync(default, isEnd: true);
        await envoy.SayResponseBodyAsync(default, isEnd: false);

        await envoy.HearAsync(Kind.ResponseHeaders);
        Assert.Equal(Content, await envoy.HearBodyAsync());
        await envoy.CloseAsync();
        Assert.Null(await envoy.HearAsync());
        Assert.Equal(Content, Assert.Single(world.Clamd.Contents));
    }

    [Fact]
    public async Task Issue46355_EmptyChunkBeforeABufferedBody_IsAnsweredAndTheBodyScanned()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.Buffered);
        await envoy.SayResponseBodyAsync(default, isEnd: false);
        await envoy.HearAsync(Kind.ResponseBody);

        await envoy.SayResponseBodyAsync(Eicar.Bytes, isEnd: true);

        Assert.Equal(403, (await envoy.HearImmediateAsync()).Status.Code);
    }

    [Fact]
    public async Task Issue46355_EndOfTheBodyMissing_IsRefusedWhenNothingCameForTheIdleTime()
    {
        await using var world = await EnvoyWorld.StartAsync("--ClamProxy:Intake:IdleTimeout=0.2s");
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);

        await envoy.SayResponseBodyAsync(Content, isEnd: false);

        Assert.Equal("body-timed-out", ScriptedEnvoy.KindOf(await envoy.HearImmediateAsync()));
        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task Issue46355_StreamThatNeverEnds_EndsWithAnErrorAfterItsTime()
    {
        await using var world = await EnvoyWorld.StartAsync("--ClamProxy:ExtProc:StreamTimeout=0.3s");
        using var envoy = world.Open(BodySendMode.Buffered);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.SayResponseHeadAsync();

        // The time runs from the stream's start: on a busy machine it may be over before the heads are answered.
        var answer = await envoy.HearAsync();
        while (answer is { ResponseCase: Kind.RequestHeaders or Kind.ResponseHeaders })
        {
            answer = await envoy.HearAsync();
        }

        Assert.Equal(Kind.ImmediateResponse, answer?.ResponseCase);
        Assert.Equal("body-timed-out", ScriptedEnvoy.KindOf(answer!.ImmediateResponse));
        Assert.NotEqual(StatusCode.OK, await envoy.EndAsync());
        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task Issue44605_ResponseBeforeTheRequestHasEnded_BothAreJudgedOnTheirOwn()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.FullDuplexStreamed, BodySendMode.FullDuplexStreamed);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: false, method: "POST");
        await envoy.SayRequestBodyAsync(Content.AsMemory(0, 50_000), isEnd: false);
        await envoy.SayResponseHeadAsync();
        await envoy.SayResponseBodyAsync(Content, isEnd: true);
        await envoy.HearAsync(Kind.ResponseHeaders);
        Assert.Equal(Content, await envoy.HearBodyAsync());

        await envoy.SayRequestBodyAsync(Content.AsMemory(50_000), isEnd: true);

        await envoy.HearAsync(Kind.RequestHeaders);
        Assert.Equal(Content, await envoy.HearBodyAsync());
    }

    [Fact]
    public async Task Issue44605_StreamClosedWhenOneDirectionHasEnded_TheOtherIsNotScanned()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.FullDuplexStreamed, BodySendMode.FullDuplexStreamed);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync();
        await envoy.SayResponseBodyAsync(Content, isEnd: false);

        await envoy.CloseAsync();

        Assert.NotEqual(StatusCode.OK, await envoy.EndAsync());
        await world.NothingWasScannedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Issue40340_BodyWhoseHeadersOrModeAreNotKnown_IsRefused(bool isAnnounced)
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.Buffered, request: isAnnounced ? BodySendMode.None : BodySendMode.FullDuplexStreamed);
        if (isAnnounced)
        {
            await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: false, method: "POST");
            await envoy.HearAsync(Kind.RequestHeaders);
        }

        await envoy.SayRequestBodyAsync(Content, isEnd: false);

        Assert.Equal(500, (await envoy.HearImmediateAsync()).Status.Code);
        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task Issue39514_SlowScan_EnvoyIsReadMeanwhile()
    {
        await using var world = await EnvoyWorld.StartAsync();
        var (scanning, finish) = world.Hold();
        using var envoy = world.Open(BodySendMode.FullDuplexStreamed, BodySendMode.FullDuplexStreamed);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: false, method: "POST");
        await envoy.SayRequestBodyAsync(Content, isEnd: true);
        await scanning;

        // Far more than what fits between the two.
        var large = RandomBody.Of(4 << 20);
        await envoy.SayResponseHeadAsync();
        for (var at = 0; at < large.Length; at += 1 << 16)
        {
            await envoy.SayResponseBodyAsync(large.AsMemory(at, 1 << 16), at + (1 << 16) == large.Length);
        }

        finish();
        var (request, response) = await envoy.HearBothBodiesAsync();
        Assert.Equal(Content, request);
        Assert.Equal(large, response);
    }

    [Fact]
    public async Task Issue36119_ChunkSentTwice_IsRefusedByTheLength()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed, fields: [("content-length", $"{Content.Length}")]);
        await envoy.SayResponseBodyAsync(Content.AsMemory(0, 50_000), isEnd: false);
        await envoy.SayResponseBodyAsync(Content.AsMemory(0, 50_000), isEnd: false);

        await envoy.SayResponseBodyAsync(Content.AsMemory(50_000), isEnd: true);

        Assert.Equal("body-broken", ScriptedEnvoy.KindOf(await envoy.HearImmediateAsync()));
        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task HeadersTwice_AreRefused()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.Buffered);

        await envoy.SayResponseHeadAsync();

        Assert.Equal(500, (await envoy.HearImmediateAsync()).Status.Code);
    }
}
