using ClamProxy.Connections;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Events;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Requests;
using ClamProxy.Core.Verdicts;
using Microsoft.AspNetCore.Http.Features;
using LoggingOptions = ClamProxy.Configuration.LoggingOptions;

namespace ClamProxy.Tracking;

/// <summary>
/// Gives every request its id, and tells what became of it when it is over: a line in the access log, who took what in
/// the record, and an event where it was refused.
/// </summary>
internal sealed class RequestTracker(
    LoggingOptions options,
    DeliveryRecord record,
    RefusalEvents refusals,
    RecentDecisions decisions,
    ClientAddress clients,
    TimeProvider clock,
    ILogger<RequestTracker> logger)
{
    /// <summary>Follows a request through a door of HTTP.</summary>
    public async Task RunAsync(HttpContext context, string door, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        var track = Begin(
            door,
            request.Headers[RequestId.Field] is [var only] ? only : null,
            request.Headers.TraceParent is [var parent] ? parent : null);
        RequestId.Current = track.Id;
        context.Features.Set(track);
        response.OnStarting(static state => SetField((HttpContext)state), context);
        track.Client = clients.Of(context);
        track.Method = request.Method;
        track.Url = TargetPath.Of(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        try
        {
            await next(context);
        }
        finally
        {
            RequestSpan.Answered(context);
            track.Status = context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest : response.StatusCode;
            await EndAsync(track);
        }
    }

    /// <summary>A request begins. Its door sets <see cref="RequestId.Current"/> where all of its work sees it.</summary>
    /// <param name="given">The client's X-Request-ID; null: it sent none, or several.</param>
    /// <param name="traceParent">The client's traceparent; null: it sent none.</param>
    public RequestTrack Begin(string door, string? given, string? traceParent) =>
        new(door, RequestId.Of(given, traceParent), clock.GetTimestamp());

    /// <summary>A request is over: it is told, and so is its content.</summary>
    /// <param name="track">What is known of it.</param>
    /// <param name="way">The door in the record, where that is not the door's name.</param>
    public async ValueTask EndAsync(RequestTrack track, string? way = null)
    {
        Tell(track);
        if (track.Upload is { } upload)
        {
            await RecordAsync(track, upload.Sha256, upload.Verdict, track.UploadBytes, $"{track.Door}-request");
        }

        if (track.Sha256 is { } sha256)
        {
            await RecordAsync(track, sha256, track.Verdict, track.ContentBytes, way ?? track.Door);
        }
    }

    /// <summary>A content was delivered, or a part of it.</summary>
    public ValueTask RecordAsync(RequestTrack track, string sha256, Verdict verdict, long bytes, string way) =>
        bytes > 0 && sha256.Length > 0 && record.IsOn
            ? record.AddAsync(new Delivery(sha256, verdict, way, track.Url, bytes)
            {
                Client = track.Client,
                User = track.User,
                RequestId = track.Id,
                BeganAt = clock.GetUtcNow() - clock.GetElapsedTime(track.Started),
            })
            : default;

    /// <summary>Tells of a request that is over.</summary>
    public void Tell(RequestTrack track)
    {
        // A message that another proxy lends has named itself in frames below the caller's.
        RequestId.Current = track.Id;
        if (options.AccessLog && logger.IsEnabled(LogLevel.Information))
        {
            Log(track);
        }

        if (track.Refusal is { } verdict && refusals.IsOn)
        {
            refusals.Add(new Refusal(clock.GetUtcNow(), track.Door, track.Url, verdict)
            {
                Client = track.Client,
                User = track.User,
                RequestId = track.Id,
            });
        }

        if (decisions.IsOn)
        {
            decisions.Add(DecisionOf(track));
        }
    }

    private Decision DecisionOf(RequestTrack track) => new(clock.GetUtcNow(), track.Door, track.Id, track.Url)
    {
        Client = track.Client,
        User = track.User,
        Method = track.Method,
        Status = track.Status,
        Outcome = track.Outcome,
        Verdict = ContentOf(track).Verdict,
        Finding = track.Finding,
        Sha256 = ContentOf(track).Sha256,
        Bytes = track.Bytes,
        Total = clock.GetElapsedTime(track.Started),
        Fetch = track.Fetch,
        Scan = track.Scan,
    };

    /// <summary>
    /// The content that a line is about: of a request with a body that went upstream this body, unless its answer was refused.
    /// </summary>
    private static (string? Sha256, Verdict Verdict) ContentOf(RequestTrack track) => track is { Upload: { } upload, Refusal: null }
        ? (upload.Sha256, upload.Verdict)
        : (track.Sha256, track.Verdict);

    private void Log(RequestTrack track) => logger.Answered(
        PlainWord.Of(track.Client),
        PlainWord.Of(track.User),
        track.Door,
        PlainWord.Of(track.Method),
        PlainWord.Of(track.Url),
        track.Status,
        track.Outcome ?? "-",
        ContentOf(track).Verdict.Name() ?? "-",
        ContentOf(track).Sha256 ?? "-",
        track.Bytes,
        clock.GetElapsedTime(track.Started).TotalMilliseconds,
        track.Fetch.TotalMilliseconds,
        track.Scan.TotalMilliseconds);

    private static Task SetField(HttpContext context)
    {
        context.Response.Headers[RequestId.Field] = RequestTrack.Of(context)!.Id;
        return Task.CompletedTask;
    }
}
