using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Requests;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Tracking;

/// <summary>
/// What is known of one request when it is over: its door notes here what it learns of it. What a client or an upstream has written is
/// kept as it came; whoever writes it down makes it safe.
/// </summary>
/// <param name="door">The name of the door, as DOORS has it.</param>
/// <param name="id">The request's id.</param>
/// <param name="started">When it began: a timestamp of the clock.</param>
internal sealed class RequestTrack(string door, string id, long started)
{
    // Both directions of a transaction of ext_proc may pass at once.
    private long _bytes;
    private long _contentBytes;

    public string Door => door;

    public string Id { get; private set; } = id;

    public long Started => started;

    /// <summary>Who asks; null: nobody knows.</summary>
    public string? Client { get; set; }

    /// <summary>The name of the credential that let it in, or the user whom a proxy names; null: there is none.</summary>
    public string? User { get; set; }

    public string Method { get; set; } = "";

    /// <summary>What it is about: the upstream URL, else the path that was asked for. Without query and credentials.</summary>
    public string Url { get; set; } = "";

    /// <summary>The status of the answer; 0: there was none.</summary>
    public int Status { get; set; }

    /// <summary>How it was answered, in one word; null: nothing is known of that.</summary>
    public string? Outcome { get; set; }

    /// <summary>The SHA-256 of the content that was scanned; null: there is no content, or nobody knows it.</summary>
    public string? Sha256 { get; private set; }

    public Verdict Verdict { get; private set; }

    /// <summary>Why its content does not pass; null: it does, or there is no verdict.</summary>
    public ContentRecord? Refusal { get; private set; }

    /// <summary>The signature that was found, or why it could not be scanned; null: neither.</summary>
    public string? Finding { get; private set; }

    /// <summary>The verdict of the body that the client sent and that went upstream; null: there was none.</summary>
    public ContentRecord? Upload { get; private set; }

    /// <summary>Bytes of that body.</summary>
    public long UploadBytes { get; private set; }

    public TimeSpan Fetch { get; private set; }

    public TimeSpan Scan { get; private set; }

    /// <summary>Bytes of the answer's body that were sent.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Those of them that are of the content.</summary>
    public long ContentBytes => Interlocked.Read(ref _contentBytes);

    public static RequestTrack? Of(HttpContext context) => context.Features.Get<RequestTrack>();

    /// <summary>The answer is a text of this proxy.</summary>
    public void Sent(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>A part of the content was sent.</summary>
    public void Delivered(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _contentBytes, bytes);
    }

    /// <summary>The server in front sends the content: all of it, as far as can be known here.</summary>
    public void HandedOver(long bytes)
    {
        Delivered(bytes);
        Outcome = "x-accel";
    }

    /// <summary>Why it was not answered as it was to be: a failure's tag or a problem's kind.</summary>
    public void Failed(string why) => Outcome = why;

    /// <summary>The same, and what it was answered with.</summary>
    public void Refused(int status, string why) => (Status, Outcome) = (status, why);

    /// <summary>What the client sent went upstream; null: it sent nothing, or that was not let through.</summary>
    public void Uploaded(ContentRecord? verdict, long bytes) => (Upload, UploadBytes) = (verdict, bytes);

    /// <summary>The message that another proxy lends for a scan; its request's X-Request-ID counts.</summary>
    public void Take(LentMessage message)
    {
        (Client, User, Method, Url) = (message.Client ?? Client, message.User, message.Method, message.Name);
        if (message.GivenId is { } given && RequestId.IsValid(given))
        {
            Id = given;
        }
    }

    /// <summary>The gate's answer. One that comes late takes the place of that which was there before.</summary>
    public void Take(GateResult result)
    {
        (Fetch, Scan) = (result.Trace.Fetch, result.Trace.Scan);
        Outcome = result switch
        {
            GateResult.NotModified => "not-modified",
            GateResult.Failed { Failure: var failure } => failure.Reason.Facts().Tag,
            _ => How(result.Trace),
        };
        Refusal = (result as GateResult.Refused)?.Verdict;
        if (result is GateResult.Whole { Verdict: var delivered })
        {
            Take(delivered);
        }
        else if (result is GateResult.Refused { Verdict: var refused })
        {
            Take(refused);
        }
    }

    /// <summary>What became of a content that came without a URL.</summary>
    public void Take(ScanDecision decision)
    {
        Scan = decision.Duration;
        Refusal = (decision as ScanDecision.Refused)?.Verdict;
        Outcome = decision switch
        {
            ScanDecision.Failed { Failure: var failure } => failure.Reason.Facts().Tag,
            _ => decision.Origin switch
            {
                VerdictOrigin.None => "refused",
                VerdictOrigin.Known => "verdict",
                VerdictOrigin.Shared => "shared",
                VerdictOrigin.Scanned => "scan",
            },
        };
        if (decision is ScanDecision.Judged { Verdict: var verdict })
        {
            Take(verdict);
        }
    }

    public void Take(ContentRecord verdict)
    {
        Take(verdict.Sha256, verdict.Verdict);
        Finding = verdict.Verdict == Verdict.Unscannable && verdict.Detail is { Length: > 0 } detail
            ? $"{verdict.Reason.InWords()}: {detail}"
            : verdict.Signature ?? verdict.Reason.Name();
    }

    public void Take(string? sha256, Verdict verdict) => (Sha256, Verdict) = (sha256 is { Length: > 0 } ? sha256 : null, verdict);

    private static string How(AnswerTrace trace) => trace.Cache switch
    {
        CacheOutcome.Stored => "store",
        CacheOutcome.Revalidated => "revalidated",
        CacheOutcome.StaleWhileRevalidate => "stale-while-revalidate",
        CacheOutcome.StaleIfError => "stale-if-error",
        CacheOutcome.ByUrl or CacheOutcome.ByContent => "verdict",
        CacheOutcome.NotAsked or CacheOutcome.Method or CacheOutcome.Miss or CacheOutcome.Stale => trace.IsShared ? "shared" : "scan",
    };
}
