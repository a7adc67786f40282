using ClamProxy.Doors.ExtProc.Wire;
using Grpc.Core;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>ext_proc as a door that takes contents: the responses that an Envoy sends in one of the two modes that hold a body.</summary>
public abstract class ExtProcDoorTests : ContentDoorConformance
{
    private const int ChunkBytes = 60_000;

    protected override string[] DoorSettings => ["--DOORS=proxy,ext-proc"];

    private protected abstract BodySendMode Mode { get; }

    private protected override async Task<DoorAnswer?> SendAsync(ProxyWorld world, SentContent content, CancellationToken leaving)
    {
        using var channel = ScriptedEnvoy.Channel(world.Addresses[^1]);
        using var envoy = new ScriptedEnvoy(channel, ScriptedEnvoy.Modes(BodySendMode.None, Mode), leaving);
        try
        {
            // Each from an URL of its own: one that led to an infected file is refused by its name.
            await envoy.SayRequestHeadAsync($"http://files.example/{Guid.NewGuid()}/{content.Name}");
            await envoy.HearAsync(ProcessingResponse.ResponseOneofCase.RequestHeaders);
            return await SendResponseAsync(envoy, content);
        }
        catch (RpcException) when (leaving.IsCancellationRequested)
        {
            throw new OperationCanceledException(leaving);
        }
    }

    private async Task<DoorAnswer?> SendResponseAsync(ScriptedEnvoy envoy, SentContent content)
    {
        await envoy.SayResponseHeadAsync(
            fields: content.IsAnnounced ? [("content-length", $"{content.Bytes.Length}")] : []);
        if (Mode == BodySendMode.Buffered)
        {
            if (await AnswerOfAsync(envoy, ProcessingResponse.ResponseOneofCase.ResponseHeaders) is { } refused)
            {
                return refused;
            }

            if (content.CutAfter is not null)
            {
                // Envoy has not sent what it buffers.
                return null;
            }

            await envoy.SayResponseBodyAsync(content.Bytes, isEnd: true);
            return await AnswerOfAsync(envoy, ProcessingResponse.ResponseOneofCase.ResponseBody) ?? new DoorAnswer.Passed();
        }

        var sent = content.CutAfter ?? content.Bytes.Length;
        for (var at = 0; at < sent || (sent == 0 && at == 0); at += ChunkBytes)
        {
            var length = Math.Min(ChunkBytes, sent - at);
            try
            {
                await envoy.SayResponseBodyAsync(
                    content.Bytes.AsMemory(at, length), isEnd: content.CutAfter is null && at + length >= content.Bytes.Length);
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                // It was refused meanwhile, and the stream has ended.
                break;
            }
        }

        if (content.CutAfter is not null)
        {
            return null;
        }

        if (await AnswerOfAsync(envoy, ProcessingResponse.ResponseOneofCase.ResponseHeaders) is { } answer)
        {
            return answer;
        }

        Assert.Equal(content.Bytes, await envoy.HearBodyAsync());
        return new DoorAnswer.Passed();
    }

    /// <returns>Null: the answer is the one that lets it pass.</returns>
    private static async Task<DoorAnswer?> AnswerOfAsync(ScriptedEnvoy envoy, ProcessingResponse.ResponseOneofCase passing)
    {
        var answer = await envoy.HearAsync();
        while (answer is { ResponseCase: ProcessingResponse.ResponseOneofCase.None, OverrideMessageTimeout: not null })
        {
            answer = await envoy.HearAsync();
        }

        if (answer?.ResponseCase == passing)
        {
            return null;
        }

        Assert.Equal(ProcessingResponse.ResponseOneofCase.ImmediateResponse, answer?.ResponseCase);
        var immediate = answer!.ImmediateResponse;
        var kind = ScriptedEnvoy.KindOf(immediate);
        return immediate.Status.Code == 403 ? new DoorAnswer.Refused(kind) : new DoorAnswer.Failed(kind);
    }
}
