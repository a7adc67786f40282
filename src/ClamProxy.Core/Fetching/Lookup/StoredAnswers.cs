using ClamProxy.Core.Compression;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>What the store can answer by itself, and what may go into it.</summary>
internal sealed class StoredAnswers(ContentStore store, VerdictLookup known, VerdictCutoffs cutoffs, GateReport report)
{
    public bool IsOn => store.IsOn;

    /// <summary>Finds the file of an URL, with the newest that is known of its content.</summary>
    /// <param name="evenStale">Whether a file whose verdict does not count any more is handed out too, to be scanned again.</param>
    public async ValueTask<StoredAnswer> FindAsync(AnswerKeys keys, CancellationToken cancellationToken, bool evenStale = false)
    {
        var (found, varies) = await OpenAsync(keys, cancellationToken).ConfigureAwait(false);
        return found is { } file
            ? await JudgeAsync(file, evenStale, cancellationToken).ConfigureAwait(false) with { Varies = varies }
            : new StoredAnswer { Varies = varies };
    }

    /// <summary>
    /// Opens what is stored for a request: what the URL's own key leads to, or the variant of it that the request selects.
    /// </summary>
    /// <returns>The file, null where there is none; and the fields that the URL's answers vary by.</returns>
    public async ValueTask<(StoredFile? File, IReadOnlyList<string> Varies)> OpenAsync(AnswerKeys keys, CancellationToken cancellationToken)
    {
        if (!store.IsOn || await store.OpenAsync(keys.Url, cancellationToken).ConfigureAwait(false) is not { } file)
        {
            return (null, []);
        }

        var varies = keys.VariesBy(UpstreamHead.Of(file.Head));
        if (varies.Count == 0)
        {
            return (file, varies);
        }

        file.Dispose();
        return (await store.OpenAsync(keys.Of(varies), cancellationToken).ConfigureAwait(false), varies);
    }

    private async ValueTask<StoredAnswer> JudgeAsync(StoredFile file, bool evenStale, CancellationToken cancellationToken)
    {
        var keeps = false;
        try
        {
            if (file.StoredAt < cutoffs.Forget)
            {
                return default;
            }

            var last = await known.FindLastAsync(file.Sha256, cancellationToken).ConfigureAwait(false);
            var decoded = await FindDecodedAsync(file, cancellationToken).ConfigureAwait(false);
            if (FirstInfected(last, decoded) is { } infected)
            {
                var bad = infected with { Sha256 = file.Sha256 };
                await DropAsync(file, bad).ConfigureAwait(false);
                return new StoredAnswer(null, bad, false);
            }

            if (last is { Verdict: Verdict.Clean } && !known.IsCurrent(file.Verdict) && known.IsCurrent(last))
            {
                await store.ConfirmAsync(last, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                last = file.Verdict;
            }

            // Both have to count; the one that does not is what the answer's verdict is stale by.
            var verdict = decoded is null || known.IsCurrent(decoded) ? last : decoded with { Sha256 = file.Sha256 };
            var isCurrent = known.IsCurrent(verdict);
            keeps = isCurrent || evenStale;
            return new StoredAnswer(keeps ? file : null, verdict, isCurrent);
        }
        finally
        {
            if (!keeps)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>A stored file turned out bad: it leaves in both forms, and who took either has to hear of it.</summary>
    public async ValueTask DropAsync(StoredFile file, ContentRecord bad)
    {
        await store.DropAsync(file.Sha256).ConfigureAwait(false);
        report.Rescanned(file, bad);
        if (file.Head.Decoded is { Verdict.Sha256: var decoded })
        {
            await store.DropAsync(decoded).ConfigureAwait(false);
            report.AlsoBad(bad with { Sha256 = decoded });
        }
    }

    /// <summary>The newest verdict of what a stored coded body decodes to; null: it has no codings.</summary>
    private async ValueTask<ContentRecord?> FindDecodedAsync(StoredFile file, CancellationToken cancellationToken) =>
        file.Head.Decoded is not { Verdict: var stored } ? null
        : await known.FindLastAsync(stored.Sha256, cancellationToken).ConfigureAwait(false) is { } last
            && (last.Verdict == Verdict.Infected || (last.Verdict == Verdict.Clean && last.ScannedAt > stored.ScannedAt))
            ? last
            : stored;

    private static ContentRecord? FirstInfected(ContentRecord? one, ContentRecord? other) =>
        one is { Verdict: Verdict.Infected } ? one : other is { Verdict: Verdict.Infected } ? other : null;

    /// <summary>Keeps a clean file for others, if it is one for others.</summary>
    /// <param name="askedAt">When upstream was asked for it: its age counts from there.</param>
    /// <returns>Whether it was kept, or why not.</returns>
    public async ValueTask<KeepOutcome> KeepAsync(
        GateRequest request,
        UpstreamHead head,
        ContentRecord verdict,
        SpoolFile body,
        DateTimeOffset askedAt,
        CancellationToken cancellationToken)
    {
        var outcome = Judge(request, head, askedAt);
        if (outcome != KeepOutcome.Kept)
        {
            return outcome;
        }

        var keys = request.Keys.Stored;
        var varies = keys.VariesBy(head);
        var isKept = await KeepAsync(keys.Of(varies)).ConfigureAwait(false);
        if (isKept && varies.Count > 0)
        {
            // So that whoever asks learns what the answers vary by.
            isKept = await KeepAsync(keys.Url).ConfigureAwait(false);
        }

        body.GiveRoomBackIfStored();
        return isKept ? KeepOutcome.Kept : KeepOutcome.NotTaken;

        ValueTask<bool> KeepAsync(UrlKey key) =>
            store.KeepAsync(key, head.ToStored(), verdict, body.File, body.Length, request.CacheScan ? null : askedAt, cancellationToken);
    }

    /// <summary>
    /// Upstream says that what is stored still is its answer, and what its head is now, which varies by what it did before.
    /// </summary>
    public ValueTask RefreshAsync(GateRequest request, string sha256, UpstreamHead head, DateTimeOffset confirmedAt)
    {
        var keys = request.Keys.Stored;
        return store.RefreshAsync(keys.Of(keys.VariesBy(head)), sha256, head.ToStored(), confirmedAt);
    }

    /// <summary>Upstream's answer is another one now than the stored one of this head.</summary>
    public ValueTask ForgetAsync(GateRequest request, UpstreamHead old)
    {
        var keys = request.Keys.Stored;
        return store.ForgetAsync(keys.Of(keys.VariesBy(old)));
    }

    /// <summary>
    /// Whether an answer may be kept for others: a plain file, certainly whole, made for nobody in particular, of an immutable source or
    /// one that can be asked again.
    /// </summary>
    public bool MayKeep(GateRequest request, UpstreamHead head, DateTimeOffset askedAt) =>
        Judge(request, head, askedAt) == KeepOutcome.Kept;

    /// <summary>The same with the reason; without a store only what would keep its verdict from being recorded by the URL too.</summary>
    public KeepOutcome Judge(GateRequest request, UpstreamHead head, DateTimeOffset askedAt) =>
        !IsOfKind(request, head, askedAt) ? KeepOutcome.NotMeant
        : !head.IsFramed ? KeepOutcome.EndByClose
        : !store.IsOn ? KeepOutcome.NotMeant
        : Representation.HasCredentials(request) ? KeepOutcome.Credentials
        : !head.IsShareable ? head.ForOthers
        : !request.CacheScan && StoringRules.ForbidsSurrogates(head) ? KeepOutcome.Private
        : IsCoded(head) && (request.CacheScan || head.Decoded is null) ? KeepOutcome.Coding
        : !Representation.SpeaksForAll(request) ? KeepOutcome.Conditions
        : !request.CacheScan && !head.HasDate ? KeepOutcome.NoDate
        : KeepOutcome.Kept;

    /// <summary>An immutable file, or what may change and is kept (RFC 9111 §3, and §5.2.1.5 of the request's no-store).</summary>
    private static bool IsOfKind(GateRequest request, UpstreamHead head, DateTimeOffset askedAt) =>
        request.CacheScan ? head.Status == 200
        : request.Freshness is not null && !request.Directives.NoStore && StoringRules.AllowStatus(request, head, askedAt);

    /// <summary>A coding that nobody decodes (aws-chunked) leaves the bytes the content.</summary>
    private static bool IsCoded(UpstreamHead head) => !ContentCodings.Of(head.All("Content-Encoding")).AreNone;
}
