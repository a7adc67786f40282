using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Messages;

/// <summary>
/// What is known of the URLs of messages, under the keys and by the rules of the proxy's own requests: what one of them learned of an URL
/// counts for the other.
/// </summary>
internal sealed class MessageUrls(UrlLookup lookup, UrlVerdicts urls, ReleaseRules rules, MessageOptions options)
{
    private static readonly IReadOnlyList<string> Neutral = ["Accept", "Accept-Language"];

    /// <summary>Requests with these are told something that others would not be.</summary>
    private static readonly IReadOnlyList<string> Conditional =
        ["If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "Range"];

    /// <summary>What the head alone tells: a block, or what the URL led to before.</summary>
    public async ValueTask<(ContentRecord? Refusal, bool IsOutdated)> FindAsync(LentMessage message, CancellationToken cancelled)
    {
        if (RequestOf(message) is not { } request)
        {
            return (null, false);
        }

        if (await lookup.HeedAsync(request).ConfigureAwait(false) is { } blocked)
        {
            return (blocked.Verdict, false);
        }

        if (!options.KnowsUrls || message.Method != "GET")
        {
            return (null, false);
        }

        var url = await urls.FindAsync(request.Keys.Content, cancelled).ConfigureAwait(false);
        var refusal = url.Content is { Verdict: not Verdict.Clean } known && rules.Find(request.Source, null, known) is null ? known : null;
        return (refusal, url.Cache == CacheOutcome.Stale);
    }

    /// <summary>Records what an URL led to, if this is a plain answer that everybody would get, and certainly all of it.</summary>
    public async ValueTask RecordAsync(LentMessage message, long length, ContentRecord verdict, CancellationToken cancelled)
    {
        if (!options.KnowsUrls
            || message is not { Method: "GET", Status: 200 }
            || !message.Codings.AreNone
            || !message.TryReadLength(out var announced)
            || announced != length
            || !ScanVerdict.IsLasting(verdict)
            || message.RequestFields.Any(field => Conditional.Contains(field.Key, StringComparer.OrdinalIgnoreCase))
            || RequestOf(message) is not { } request)
        {
            return;
        }

        var head = new UpstreamHead(200, null, message.AnswerFields);
        if (head.IsShareable)
        {
            await urls.RecordAsync(request.Keys.Content, head, length, verdict, null, default, cancelled).ConfigureAwait(false);
        }
    }

    /// <summary>The URL where exceptions of an operator may be for it: an answer's own, without its query.</summary>
    public static string? SourceOf(LentMessage message) => message.Status is null ? null : RequestOf(message)?.Source;

    /// <summary>
    /// What the proxy would have been asked. Null: the message names no URL of its own. A path and a Host name the server that was asked;
    /// clients that have a file of theirs scanned write there what they like.
    /// </summary>
    private static GateRequest? RequestOf(LentMessage message) => Target.TryParse(message.Location, out _) is { } target
        ? new GateRequest(target, Selecting(message), CacheScan: true) { NeutralFields = Neutral, Client = message.Client }
        : null;

    private static IReadOnlyList<KeyValuePair<string, string>> Selecting(LentMessage message) =>
    [
        .. message.RequestFields.Where(field =>
            Neutral.Contains(field.Key, StringComparer.OrdinalIgnoreCase)
            || (!field.Key.Equals("Proxy-Authorization", StringComparison.OrdinalIgnoreCase)
                && (CredentialFields.Contain(field.Key) || CredentialFields.HasForm(field.Value)))),
    ];
}
