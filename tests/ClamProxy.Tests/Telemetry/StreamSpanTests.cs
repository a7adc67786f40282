using System.Diagnostics;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.ExtProc;
using Grpc.Core;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Telemetry;

/// <summary>Streams of Envoy in the trace that Envoy tells (<see cref="SpanTests"/>).</summary>
[Collection(Alone.Name)]
public sealed class StreamSpanTests
{
    private const string Secret = "s3cret-of-the-query";

    [Theory]
    [InlineData(false, "Passed")]
    [InlineData(true, "Refused")]
    public async Task Stream_IsOneSpanInEnvoysTraceWithOneForEachBody(bool isInfected, string end)
    {
        using var all = new SpanList();
        await using var world = await EnvoyWorld.StartAsync();
        var (field, trace, parent) = SpanList.NewTrace();
        var content = isInfected ? Eicar.Bytes : RandomBody.Of(1000);
        using var envoy = new ScriptedEnvoy(
            world.Channel,
            ScriptedEnvoy.Modes(BodySendMode.None, BodySendMode.Buffered),
            new Metadata { { "traceparent", field } },
            TestContext.Current.CancellationToken);

        await envoy.SayRequestHeadAsync($"{EnvoyWorld.Url}?token={Secret}", fields: ("authorization", $"Bearer {Secret}"));
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync();
        await envoy.HearAsync(Kind.ResponseHeaders);
        await envoy.SayResponseBodyAsync(content, isEnd: true);
        await envoy.HearAsync(isInfected ? Kind.ImmediateResponse : Kind.ResponseBody);
        await envoy.CloseAsync();

        var spans = await all.OfAsync(trace, SpanList.ServerSpan, "clamproxy.ext_proc.body", "clamproxy.scan");
        var stream = Assert.Single(spans, span => span.OperationName == SpanList.ServerSpan);
        Assert.Equal(parent, stream.ParentSpanId.ToHexString());
        Assert.Equal("envoy.service.ext_proc.v3.ExternalProcessor/Process", stream.DisplayName);
        Assert.Equal(("grpc", 0), (stream.GetTagItem("rpc.system"), stream.GetTagItem("rpc.grpc.status_code")));
        var body = Assert.Single(spans, span => span.OperationName == "clamproxy.ext_proc.body");
        Assert.Equal(stream.SpanId, body.ParentSpanId);
        Assert.Equal(("response", end.ToLowerInvariant()), (body.GetTagItem("clamproxy.direction"), body.GetTagItem("clamproxy.end")));
        Assert.Equal(body.SpanId, Assert.Single(spans, span => span.OperationName == "clamproxy.scan").ParentSpanId);
        foreach (var text in spans.SelectMany(span => span.TagObjects
            .Select(tag => $"{tag.Value}").Concat([span.DisplayName, span.StatusDescription ?? ""])))
        {
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task StreamThatEndsInsideABody_IsAFailedSpan()
    {
        using var all = new SpanList();
        await using var world = await EnvoyWorld.StartAsync();
        var (field, trace, _) = SpanList.NewTrace();
        using var envoy = new ScriptedEnvoy(
            world.Channel,
            ScriptedEnvoy.Modes(BodySendMode.None, BodySendMode.FullDuplexStreamed),
            new Metadata { { "traceparent", field } },
            TestContext.Current.CancellationToken);

        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayResponseHeadAsync();
        await envoy.SayResponseBodyAsync(RandomBody.Of(10), isEnd: false);
        await envoy.CloseAsync();
        await envoy.EndAsync();

        var stream = Assert.Single(await all.OfAsync(trace, SpanList.ServerSpan), span => span.OperationName == SpanList.ServerSpan);
        Assert.Equal(ActivityStatusCode.Error, stream.Status);
        Assert.Equal("Aborted", stream.GetTagItem("error.type"));
    }
}
