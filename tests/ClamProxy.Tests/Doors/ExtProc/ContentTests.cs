using System.IO.Compression;
using System.Text;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>What is scanned of messages, and what is known of them already.</summary>
public sealed class ContentTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task CodedBody_IsScannedDecoded(string coding)
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed, fields: [("content-encoding", coding)]);
        using var coded = new MemoryStream();
        await using (Stream coder = coding == "br"
            ? new BrotliStream(coded, CompressionLevel.Fastest)
            : new GZipStream(coded, CompressionLevel.Fastest))
        {
            await coder.WriteAsync(Eicar.Bytes, TestContext.Current.CancellationToken);
        }

        await envoy.SayResponseBodyAsync(coded.ToArray(), isEnd: true);

        Assert.Equal("infected", ScriptedEnvoy.KindOf(await envoy.HearImmediateAsync()));
    }

    [Fact]
    public async Task FileInAForm_IsScannedOnItsOwn()
    {
        await using var world = await EnvoyWorld.StartAsync();
        world.Clamd.OnContent = (connection, content) =>
            connection.ReplyAsync(content.AsSpan().SequenceEqual(Eicar.Bytes) ? "stream: Eicar FOUND\0" : "stream: OK\0");
        using var envoy = world.Open(BodySendMode.None, request: BodySendMode.FullDuplexStreamed);
        await envoy.SayRequestHeadAsync(
            EnvoyWorld.Url, isEnd: false, method: "POST", ("content-type", "multipart/form-data; boundary=edge"));
        byte[] form =
        [
            .. Encoding.ASCII.GetBytes("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"),
            .. Eicar.Bytes,
            .. Encoding.ASCII.GetBytes("\r\n--edge--\r\n"),
        ];

        await envoy.SayRequestBodyAsync(form, isEnd: true);

        Assert.Equal(403, (await envoy.HearImmediateAsync()).Status.Code);
    }

    [Fact]
    public async Task UrlThatLedToAnInfectedFile_IsRefusedBeforeUpstreamIsAsked()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using (var first = await world.OpenResponseAsync(
            BodySendMode.Buffered, fields: [("content-length", $"{Eicar.Bytes.Length}")]))
        {
            await first.SayResponseBodyAsync(Eicar.Bytes, isEnd: true);
            await first.HearImmediateAsync();
        }

        using var second = world.Open(BodySendMode.Buffered);
        await second.SayRequestHeadAsync(EnvoyWorld.Url);

        Assert.Equal("infected", ScriptedEnvoy.KindOf(await second.HearImmediateAsync()));
    }

    [Theory]
    [InlineData(nameof(BodySendMode.Buffered), true)]
    [InlineData(nameof(BodySendMode.None), false)]
    public async Task RangeOfARequest_IsTakenOffWhereResponsesAreScanned(string responseMode, bool isRemoved)
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(Enum.Parse<BodySendMode>(responseMode), request: BodySendMode.Buffered);

        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, fields: ("range", "bytes=10-"));

        var removed = (await envoy.HearAsync(Kind.RequestHeaders)).RequestHeaders.Response.HeaderMutation?.RemoveHeaders;
        Assert.Equal(isRemoved ? ["range"] : [], removed?.ToArray() ?? []);
    }

    [Fact]
    public async Task PartOfAFile_IsRefused()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.FullDuplexStreamed);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);

        await envoy.SayResponseHeadAsync(status: 206, fields: ("content-range", "bytes 10-12/13"));
        await envoy.SayResponseBodyAsync(Encoding.ASCII.GetBytes("end"), isEnd: true);

        Assert.Equal("unscannable", ScriptedEnvoy.KindOf(await envoy.HearImmediateAsync()));
    }

    [Fact]
    public async Task PartOfAFile_WhereResponsesAreNotScanned_Passes()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = world.Open(BodySendMode.None, request: BodySendMode.Buffered);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url);
        await envoy.HearAsync(Kind.RequestHeaders);

        await envoy.SayResponseHeadAsync(status: 206, fields: ("content-range", "bytes 10-12/13"));

        await envoy.HearAsync(Kind.ResponseHeaders);
    }

    [Fact]
    public async Task CleanBody_SaysItsVerdictInDynamicMetadata()
    {
        await using var world = await EnvoyWorld.StartAsync();
        using var envoy = await world.OpenResponseAsync(BodySendMode.FullDuplexStreamed);
        await envoy.SayResponseBodyAsync(Encoding.ASCII.GetBytes("clean"), isEnd: true);

        var told = (await envoy.HearAsync(Kind.ResponseHeaders)).DynamicMetadata
            .Fields["clamproxy"].StructValue.Fields["response"].StructValue.Fields;

        Assert.Equal("clean", told["decision"].StringValue);
        Assert.Equal("clean", told["verdict"].StringValue);
        Assert.False(told["known"].BoolValue);
        Assert.Equal(64, told["sha256"].StringValue.Length);
    }
}
