using System.Security.Cryptography;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using Grpc.Core;
using Grpc.Net.Client;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>Limits of the door: of messages, memory, time and streams.</summary>
public sealed class LimitTests
{
    private static readonly byte[] Content = RandomBody.Of(100_000);

    [Fact]
    public async Task BodyInOneMessageThatIsTooLarge_IsRefusedAndTheStreamFails()
    {
        await using var world = await EnvoyWorld.StartAsync("--EXT_PROC_MAX_MESSAGE=64K");
        using var envoy = await world.OpenResponseAsync(BodySendMode.Buffered);

        // It is answered before it is read as a whole, and the stream ended: writing the rest fails then.
        await Record.ExceptionAsync(() => envoy.SayResponseBodyAsync(RandomBody.Of(400_000), isEnd: true));

        var immediate = (await envoy.HearAsync(Kind.ImmediateResponse)).ImmediateResponse;
        Assert.Equal(403, immediate.Status.Code);
        Assert.Equal("unscannable", ScriptedEnvoy.KindOf(immediate));
        Assert.Contains("EXT_PROC_MAX_MESSAGE", immediate.Body.ToStringUtf8(), StringComparison.Ordinal);
        Assert.NotEqual(StatusCode.OK, await envoy.EndAsync());
        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task BufferedBodyThatAnnouncesTooMuch_IsRefusedByItsHead()
    {
        await using var world = await EnvoyWorld.StartAsync("--EXT_PROC_MAX_MESSAGE=64K");
        using var envoy = world.Open(BodySendMode.Buffered);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);

        await envoy.SayResponseHeadAsync(fields: ("content-length", "70000"));

        Assert.Equal(403, (await envoy.HearImmediateAsync()).Status.Code);
    }

    [Fact]
    public async Task BufferedBodiesBeyondTheirMemory_AreAnswered503UntilThereIsRoom()
    {
        await using var world = await EnvoyWorld.StartAsync("--EXT_PROC_MAX_MESSAGE=128K", "--ClamProxy:ExtProc:BufferedTotal=200K");
        using var first = await world.OpenResponseAsync(BodySendMode.Buffered);
        using (var second = world.Open(BodySendMode.Buffered))
        {
            await second.SayRequestHeadAsync(EnvoyWorld.Url);
            await second.HearAsync(Kind.RequestHeaders);
            await second.SayResponseHeadAsync();
            var immediate = await second.HearImmediateAsync();
            Assert.Equal(503, immediate.Status.Code);
            Assert.Contains(immediate.Headers.SetHeaders, one => one.Header.Key == "retry-after");
        }

        await first.SayResponseBodyAsync(Content, isEnd: true);
        await first.HearAsync(Kind.ResponseBody);

        using var third = await world.OpenResponseAsync(BodySendMode.Buffered);
        await third.SayResponseBodyAsync(Content, isEnd: true);
        await third.HearAsync(Kind.ResponseBody);
    }

    [Fact]
    public async Task SlowScanOfABufferedBody_AsksForTimeOnce()
    {
        await using var world = await EnvoyWorld.StartAsync(
            "--ClamProxy:ExtProc:AskForTimeAfter=0.01s", "--ClamProxy:ExtProc:AskForTime=90s");
        var (_, finish) = world.Hold();
        using var envoy = await world.OpenResponseAsync(BodySendMode.Buffered);
        await envoy.SayResponseBodyAsync(Content, isEnd: true);

        var asked = await envoy.HearAsync(Kind.None);
        finish();

        Assert.Equal(TimeSpan.FromSeconds(90), asked.OverrideMessageTimeout.ToTimeSpan());
        await envoy.HearAsync(Kind.ResponseBody);
    }

    [Theory]
    [InlineData(nameof(BodySendMode.Buffered), "0")]
    [InlineData(nameof(BodySendMode.FullDuplexStreamed), "90s")]
    public async Task SlowScan_NobodyWaitsForOrThatIsNotToAsk_AsksForNothing(string modeName, string time)
    {
        await using var world = await EnvoyWorld.StartAsync(
            "--ClamProxy:ExtProc:AskForTimeAfter=0", $"--ClamProxy:ExtProc:AskForTime={time}");
        using var envoy = await world.OpenResponseAsync(Enum.Parse<BodySendMode>(modeName));

        await envoy.SayResponseBodyAsync(Content, isEnd: true);

        Assert.NotEqual(Kind.None, (await envoy.HearAsync())!.ResponseCase);
    }

    [Fact]
    public async Task EnvoyThatReadsNothing_LosesItsStreamAndItsSpool()
    {
        await using var world = await EnvoyWorld.StartAsync("--ClamProxy:ExtProc:WriteTimeout=0.2s");
        using var channel = GrpcChannel.ForAddress(world.Host.Addresses[^1], new()
        {
            HttpHandler = new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 },
            DisposeHttpClient = true,
        });
        using var envoy = new ScriptedEnvoy(channel, ScriptedEnvoy.Modes(BodySendMode.FullDuplexStreamed, BodySendMode.None));
        var large = RandomBody.Of(8 << 20);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: false, method: "POST");
        for (var at = 0; at < large.Length; at += 1 << 16)
        {
            await envoy.SayRequestBodyAsync(large.AsMemory(at, 1 << 16), at + (1 << 16) == large.Length);
        }

        await world.LeavesNothingAsync();
    }

    [Fact]
    public async Task EnvoyThatDoesNotEndARefusedStream_LosesItAfterAWhile()
    {
        await using var world = await EnvoyWorld.StartAsync("--ClamProxy:ExtProc:CloseTimeout=0.1s");
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);
        await envoy.SayResponseBodyAsync(Eicar.Bytes, isEnd: true);

        await envoy.HearAsync(Kind.ImmediateResponse);

        Assert.Equal(StatusCode.OK, await envoy.EndAsync());
        await world.LeavesNothingAsync();
    }

    [Fact]
    public async Task StreamsBeyondTheirNumber_AreUnavailable()
    {
        await using var world = await EnvoyWorld.StartAsync("--ClamProxy:MaxRequestsPerClient=1");
        using var first = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);
        using var second = world.Open(BodySendMode.FullDuplexStreamed);

        Assert.Equal(StatusCode.Unavailable, await second.EndAsync());

        await first.SayResponseBodyAsync(Content, isEnd: true);
        await first.HearAsync(Kind.ResponseHeaders);
    }

    [Fact]
    public async Task BodyInFullDuplexLargerThanMaxFileSize_IsRefusedBeforeItsEnd()
    {
        await using var world = await EnvoyWorld.StartAsync("--MAX_FILE_SIZE=50K");
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);

        await envoy.SayResponseBodyAsync(Content, isEnd: false);

        var immediate = await envoy.HearImmediateAsync();
        Assert.Equal(403, immediate.Status.Code);
        Assert.Equal("unscannable", ScriptedEnvoy.KindOf(immediate));
        await world.NothingWasScannedAsync();
    }

    [Fact]
    public async Task ThousandStreamsAtOnce_EachGetsItsOwnVerdict()
    {
        const int Many = 1000;
        await using var world = await EnvoyWorld.StartAsync(
            "--ClamProxy:Clamd:ScanWait=60s", $"--ClamProxy:Clamd:MaxWaitingScans={2 * Many}");
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = 0;

        var ends = await Task.WhenAll(Enumerable.Range(0, Many).Select(SendAsync));

        Assert.Equal(Enumerable.Range(0, Many).Select(number => number % 10 == 0 ? "infected" : "whole"), ends);
        await world.LeavesNothingAsync();

        async Task<string> SendAsync(int number)
        {
            var content = number % 10 == 0 ? Eicar.Bytes : RandomNumberGenerator.GetBytes(10_000);
            using var envoy = world.Open(BodySendMode.FullDuplexStreamed);
            await envoy.SayRequestHeadAsync($"{EnvoyWorld.Url}?{number}");
            await envoy.HearAsync(Kind.RequestHeaders);
            await envoy.SayResponseHeadAsync();
            await envoy.SayResponseBodyAsync(content.AsMemory(0, 30), isEnd: false);

            // None ends before all are open.
            if (Interlocked.Increment(ref open) == Many)
            {
                both.SetResult();
            }

            await both.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await envoy.SayResponseBodyAsync(content.AsMemory(30), isEnd: true);
            if (await envoy.HearAsync() is { ImmediateResponse: { } immediate })
            {
                return $"{ScriptedEnvoy.KindOf(immediate)} {(number % 10 == 0 ? "" : immediate.Body.ToStringUtf8())}".Trim();
            }

            var body = await envoy.HearBodyAsync();
            return body.AsSpan().SequenceEqual(content) ? "whole" : "other bytes";
        }
    }
}
