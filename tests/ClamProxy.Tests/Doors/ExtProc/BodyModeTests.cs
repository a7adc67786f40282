using System.Text;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using Grpc.Core;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>Envoy's body modes: which can hold a body, what passes before a verdict, how a refusal looks.</summary>
public sealed class BodyModeTests
{
    private static readonly byte[] Content = RandomBody.Of(150_000);

    [Fact]
    public async Task None_HeadersPassAtOnceAndNoBodyIsSeen()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(response: BodySendMode.Buffered, request: BodySendMode.None);

        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: false, method: "POST");

        Assert.Null((await envoy.HearAsync(Kind.RequestHeaders)).RequestHeaders.Response.BodyMutation);
        Assert.Equal(1, await world.Host.MetricAsync("clamproxy_ext_proc_messages_total"));
    }

    [Fact]
    public async Task NoneInBothDirections_IsRefusedSinceNothingWouldBeScanned()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.None);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);

        await envoy.SayResponseHeadAsync();

        await IsRefusedAsync(envoy, "nothing is scanned");
    }

    [Theory]
    [InlineData(nameof(BodySendMode.Streamed), "response_body_mode STREAMED passes bytes on before they are scanned")]
    [InlineData(nameof(BodySendMode.BufferedPartial), "response_body_mode BUFFERED_PARTIAL passes what is over")]
    [InlineData(nameof(BodySendMode.Grpc), "one that cannot be scanned")]
    [InlineData("9", "one that cannot be scanned")]
    public async Task ModeThatHoldsNoBody_Response_IsAnsweredWithA500ThatSaysWhy(string modeName, string why)
    {
        var mode = Enum.Parse<BodySendMode>(modeName);
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(mode);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);

        await envoy.SayResponseHeadAsync();

        await IsRefusedAsync(envoy, why);
    }

    [Theory]
    [InlineData(nameof(BodySendMode.Streamed))]
    [InlineData(nameof(BodySendMode.BufferedPartial))]
    public async Task ModeThatHoldsNoBody_Request_IsAnsweredWithA500ThatSaysWhy(string modeName)
    {
        var mode = Enum.Parse<BodySendMode>(modeName);
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.None, request: mode);

        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: false, method: "POST");

        await IsRefusedAsync(envoy, "request_body_mode");
    }

    [Theory]
    [InlineData(nameof(BodySendMode.Streamed))]
    [InlineData(nameof(BodySendMode.BufferedPartial))]
    public async Task ModeThatHoldsNoBody_WithoutABody_Passes(string modeName)
    {
        var mode = Enum.Parse<BodySendMode>(modeName);
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(mode, request: mode);

        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync(isEnd: true, status: 304);
        await envoy.HearAsync(Kind.ResponseHeaders);
    }

    [Fact]
    public async Task ModeNotSaid_IsRefused()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = new ScriptedEnvoy(world.Channel, config: null);

        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: false, method: "POST");

        await IsRefusedAsync(envoy, "protocol_config");
    }

    [Fact]
    public async Task ObservabilityMode_IsRefusedSinceNobodyWaits()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.Buffered);

        await envoy.SayAsync(new ProcessingRequest { RequestHeaders = ScriptedEnvoy.Head(true), ObservabilityMode = true });

        await IsRefusedAsync(envoy, "observability_mode");
    }

    [Fact]
    public async Task StreamedAllowed_CleanBodyPassesChunkByChunk()
    {
        await using var world = await EnvoyWorld.StartAsync("--EXT_PROC_STREAMED=allow");
        using var envoy = await world.OpenResponseAsync(BodySendMode.Streamed);

        await envoy.SayResponseBodyAsync(Content.AsMemory(0, 60_000), isEnd: false);
        Assert.Null((await envoy.HearAsync(Kind.ResponseBody)).ResponseBody.Response.BodyMutation);
        await envoy.SayResponseBodyAsync(Content.AsMemory(60_000), isEnd: true);

        Assert.NotNull((await envoy.HearAsync(Kind.ResponseBody)).DynamicMetadata);
        Assert.Equal(Content, Assert.Single(world.Clamd.Contents));
    }

    [Fact]
    public async Task StreamedAllowed_InfectedBodyLosesItsLastChunk()
    {
        await using var world = await EnvoyWorld.StartAsync("--EXT_PROC_STREAMED=allow");
        using var envoy = await world.OpenResponseAsync(BodySendMode.Streamed);

        await envoy.SayResponseBodyAsync(Eicar.Bytes.AsMemory(0, 30), isEnd: false);
        await envoy.HearAsync(Kind.ResponseBody);
        await envoy.SayResponseBodyAsync(Eicar.Bytes.AsMemory(30), isEnd: true);

        Assert.Equal(403, (await envoy.HearImmediateAsync()).Status.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BufferedPartialAllowed_WhatIsShownIsScanned(bool isWhole)
    {
        await using var world = await EnvoyWorld.StartAsync("--EXT_PROC_STREAMED=allow");
        using var envoy = await world.OpenResponseAsync(
            BodySendMode.BufferedPartial, fields: [("content-length", isWhole ? $"{Content.Length}" : "9999999")]);

        await envoy.SayResponseBodyAsync(Content, isEnd: isWhole);

        var told = (await envoy.HearAsync(Kind.ResponseBody)).DynamicMetadata.Fields["clamproxy"].StructValue;
        var verdict = told.Fields["response"].StructValue;
        Assert.Equal("clean", verdict.Fields["decision"].StringValue);
        Assert.Equal(!isWhole, verdict.Fields.ContainsKey("partial"));
        Assert.Equal(Content, Assert.Single(world.Clamd.Contents));
    }

    [Fact]
    public async Task BufferedPartialAllowed_InfectedBeginningIsRefused()
    {
        await using var world = await EnvoyWorld.StartAsync("--EXT_PROC_STREAMED=allow");
        using var envoy = await world.OpenResponseAsync(BodySendMode.BufferedPartial);

        await envoy.SayResponseBodyAsync(Eicar.Bytes, isEnd: false);

        Assert.Equal(403, (await envoy.HearImmediateAsync()).Status.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Buffered_EachMessageHasOneAnswerAndTheBodyStaysEnvoys(bool isRequest)
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.Buffered, BodySendMode.Buffered);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: !isRequest, method: isRequest ? "POST" : "GET");
        await envoy.HearAsync(Kind.RequestHeaders);
        if (isRequest)
        {
            await envoy.SayRequestBodyAsync(Content, isEnd: true);
            Assert.Null((await envoy.HearAsync(Kind.RequestBody)).RequestBody.Response.BodyMutation);
        }
        else
        {
            await envoy.SayResponseHeadAsync();
            await envoy.HearAsync(Kind.ResponseHeaders);
            await envoy.SayResponseBodyAsync(Content, isEnd: true);
            Assert.Null((await envoy.HearAsync(Kind.ResponseBody)).ResponseBody.Response.BodyMutation);
        }

        await envoy.CloseAsync();
        Assert.Null(await envoy.HearAsync());
        Assert.Equal(Content, Assert.Single(world.Clamd.Contents));
        await world.LeavesNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FullDuplex_HeadersAreAnsweredBehindTheVerdictAndTheBodyComesBackByteForByte(bool isRequest)
    {
        await using var world = await EnvoyWorld.StartAsync();
        var (scanning, finish) = world.Hold();
        using var envoy = world.Open(BodySendMode.FullDuplexStreamed, BodySendMode.FullDuplexStreamed);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: !isRequest, method: isRequest ? "POST" : "GET");
        if (!isRequest)
        {
            await envoy.HearAsync(Kind.RequestHeaders);
            await envoy.SayResponseHeadAsync();
        }

        for (var at = 0; at < Content.Length; at += 50_000)
        {
            var chunk = Content.AsMemory(at, Math.Min(50_000, Content.Length - at));
            await (isRequest
                ? envoy.SayRequestBodyAsync(chunk, at + chunk.Length == Content.Length)
                : envoy.SayResponseBodyAsync(chunk, at + chunk.Length == Content.Length));
        }

        await scanning;
        var answer = envoy.HearAsync();
        Assert.False(answer.IsCompleted);
        finish();

        Assert.Equal(isRequest ? Kind.RequestHeaders : Kind.ResponseHeaders, (await answer)!.ResponseCase);
        Assert.Equal(Content, await envoy.HearBodyAsync());
        await envoy.CloseAsync();
        Assert.Null(await envoy.HearAsync());
        await world.LeavesNothingAsync();
    }

    [Theory]
    [InlineData(nameof(BodySendMode.Buffered), true)]
    [InlineData(nameof(BodySendMode.Buffered), false)]
    [InlineData(nameof(BodySendMode.FullDuplexStreamed), true)]
    [InlineData(nameof(BodySendMode.FullDuplexStreamed), false)]
    public async Task Infected_IsAnsweredWith403AProblemAndItsHeaders(string modeName, bool isRequest)
    {
        var mode = Enum.Parse<BodySendMode>(modeName);
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(mode, mode);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: !isRequest, method: isRequest ? "POST" : "GET");
        if (!isRequest)
        {
            await envoy.HearAsync(Kind.RequestHeaders);
            await envoy.SayResponseHeadAsync();
        }

        if (mode == BodySendMode.Buffered)
        {
            await envoy.HearAsync(isRequest ? Kind.RequestHeaders : Kind.ResponseHeaders);
        }

        await (isRequest ? envoy.SayRequestBodyAsync(Eicar.Bytes, isEnd: true) : envoy.SayResponseBodyAsync(Eicar.Bytes, isEnd: true));

        var answer = await envoy.HearAsync(Kind.ImmediateResponse);
        var immediate = answer.ImmediateResponse;
        var headers = immediate.Headers.SetHeaders.ToDictionary(
            one => one.Header.Key, one => Encoding.Latin1.GetString(one.Header.RawValue.Span));
        Assert.Equal(403, immediate.Status.Code);
        Assert.Equal("infected", ScriptedEnvoy.KindOf(immediate));
        Assert.Equal("clamproxy_refused", immediate.Details);
        Assert.Equal("application/problem+json", headers["content-type"]);
        Assert.Equal("no-store", headers["cache-control"]);
        Assert.Equal("infected", headers["scan-verdict"]);
        Assert.False(headers.ContainsKey("content-length"));
        var told = answer.DynamicMetadata.Fields["clamproxy"].StructValue.Fields[isRequest ? "request" : "response"].StructValue.Fields;
        Assert.Equal("refused", told["decision"].StringValue);
        Assert.Equal("infected", told["verdict"].StringValue);
        Assert.False(string.IsNullOrEmpty(told["signature"].StringValue));
        Assert.Equal(64, told["sha256"].StringValue.Length);

        await envoy.CloseAsync();
        Assert.Equal(StatusCode.OK, await envoy.EndAsync());
        await world.LeavesNothingAsync();
    }

    [Fact]
    public async Task Browser_GetsARefusalAsAPage()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.FullDuplexStreamed);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, fields: ("accept", "text/html,*/*;q=0.8"));
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync();
        await envoy.SayResponseBodyAsync(Eicar.Bytes, isEnd: true);

        Assert.StartsWith("<!DOCTYPE html>", (await envoy.HearImmediateAsync()).Body.ToStringUtf8(), StringComparison.Ordinal);
    }

    private static async Task IsRefusedAsync(ScriptedEnvoy envoy, string why)
    {
        var immediate = await envoy.HearImmediateAsync();
        Assert.Equal(500, immediate.Status.Code);
        Assert.Equal("ext-proc-mode", ScriptedEnvoy.KindOf(immediate));
        Assert.Contains(why, immediate.Body.ToStringUtf8(), StringComparison.Ordinal);
    }
}
