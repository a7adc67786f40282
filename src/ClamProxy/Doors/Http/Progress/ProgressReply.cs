using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Problems;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Http.Progress;

/// <summary>
/// Shows a browser how far its file is, and says what became of it: as a page, and to that page's script. The file itself is delivered by
/// the request that the page makes for it then, like to everybody else.
/// </summary>
internal sealed class ProgressReply(GateCalls gate, TimeProvider clock)
{
    private const int NonceBytes = 16;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends the page.</summary>
    /// <param name="request">What was asked for; not there yet.</param>
    public async Task ShowAsync(HttpContext context, GateRequest request)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        var progress = request.Progress!;
        var body = ProgressPage.Render(
            ProgressTexts.Of(context.Request),
            RefusalProblem.FileOf(request.Target.TextWithoutQuery),
            $"{ProgressVisit.MediaType}, {context.Request.Headers.Accept}",
            progress.Received,
            progress.Total,
            nonce);
        Prepare(context, "text/html; charset=utf-8");
        context.Response.Headers.ContentSecurityPolicy = ProgressPage.Policy(nonce);
        context.Response.ContentLength = body.Length;
        RequestTrack.Of(context)?.Sent(body.Length);
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Tells the page's script how far the work is, a JSON object in each line, until there is a result.</summary>
    public async Task WatchAsync(HttpContext context, DoorRequest asked, GateRequest request)
    {
        Prepare(context, ProgressVisit.MediaType);
        ContentIsolation.Set(context.Response);
        var opening = gate.AskAsync(context, asked with { Ahead = null }, request with { Delivery = DeliveryMode.Hold });
        try
        {
            while (!await ReplyDeadline.EndsWithinAsync(opening, s_interval, clock, context.RequestAborted))
            {
                await WriteAsync(context, json => Write(json, request.Progress!));
            }
        }
        finally
        {
            await using var result = await opening;
            RequestTrack.Of(context)?.Take(result);
            if (!context.RequestAborted.IsCancellationRequested)
            {
                await WriteAsync(context, json => Write(json, context, request, result));
            }
        }
    }

    private static void Prepare(HttpContext context, string type)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = type;
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = "Accept, Accept-Language";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Referrer-Policy"] = "no-referrer";
        RequestTrack.Of(context)?.Failed("progress");
    }

    private static void Write(Utf8JsonWriter json, FetchProgress progress)
    {
        json.WriteNumber("received", progress.Received);
        if (progress.Total is { } total)
        {
            json.WriteNumber("total", total);
        }
    }

    private static void Write(Utf8JsonWriter json, HttpContext context, GateRequest request, GateResult result)
    {
        var problem = result switch
        {
            GateResult.Refused { Verdict: var verdict } =>
                RefusalProblem.Of(verdict, request.Target.TextWithoutQuery, StatusCodes.Status409Conflict),
            GateResult.Failed { Failure: var failure } => FailureProblems.Of(failure),
            _ => null,
        };
        json.WriteString("state", problem is null ? "ready" : result is GateResult.Refused ? "refused" : "failed");
        if (problem is not null)
        {
            json.WriteString("detail", problem.Detail);
            json.WriteString("requestId", RequestTrack.Of(context)?.Id);
        }
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        RequestTrack.Of(context)?.Sent(line.WrittenCount);
        await context.Response.Body.WriteAsync(line.WrittenMemory, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
