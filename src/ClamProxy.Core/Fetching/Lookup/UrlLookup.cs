using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>
/// Step 1 of the way that <see cref="ContentGate"/> draws: what is known of a URL, from the store and from cached verdicts.
/// </summary>
internal sealed class UrlLookup(
    StoredAnswers stored,
    UrlVerdicts urls,
    ForgottenUrls forgotten,
    ReuseRules reuse,
    ReleaseRules rules,
    Blocks blocks,
    TimeProvider clock)
{
    /// <summary>What an operator has said of the URL: it is blocked, or what is known of it is to be dropped first.</summary>
    /// <returns>The refusal; null: it may be asked for.</returns>
    public async ValueTask<GateResult.Refused?> HeedAsync(GateRequest request)
    {
        if (blocks.RefusalOfUrl(request.Target.Text) is { } refusal)
        {
            return new GateResult.Refused(new AnswerTrace(CacheOutcome.NotAsked), refusal);
        }

        await forgotten.DropAsync(request).ConfigureAwait(false);
        return null;
    }

    /// <summary>The answer, unless its content has been blocked since it was scanned.</summary>
    public async ValueTask<GateResult?> HeedAsync(GateRequest request, GateResult? answer)
    {
        if (answer is not GateResult.Whole { Verdict.Sha256: var sha256 } whole
            || (blocks.RefusalOf(request.Target.Text, sha256) ?? BlockOfDecoded(request, whole)) is not { } refusal)
        {
            return answer;
        }

        await whole.DisposeAsync().ConfigureAwait(false);
        return new GateResult.Refused(whole.Trace, refusal);
    }

    private ContentRecord? BlockOfDecoded(GateRequest request, GateResult.Whole answer) =>
        answer.Head.Decoded is { Verdict.Sha256: var sha256 } ? blocks.RefusalOf(request.Target.Text, sha256) : null;

    /// <summary>
    /// The request as it is answered. Where its answer is kept, upstream is not asked by its client's conditions: those are weighed on what
    /// is kept. A private request's answer never is.
    /// </summary>
    public GateRequest Settled(GateRequest request) =>
        request.Freshness is null ? request
        : request.CacheScan || !stored.IsOn || Representation.HasCredentials(request) ? request with { Freshness = null }
        : request with { Headers = Representation.WithoutConditions(request.Headers) };

    /// <summary>
    /// Whether the answer of an immutable URL is kept as far as its request says, so that it may be fetched before the request's turn:
    /// with conditions of its own its flight would be another one.
    /// </summary>
    public bool MayKeep(GateRequest request) =>
        request.CacheScan && stored.IsOn && !Representation.HasCredentials(request) && Representation.SpeaksForAll(request);

    /// <summary>
    /// The stored answer of an URL that may change, if it may be given without asking upstream, or before upstream was asked.
    /// </summary>
    public ValueTask<GateResult.Whole?> FindFreshAsync(GateRequest request, CancellationToken clientGone) =>
        request.Freshness is null or { FreshFor.Ticks: 0 }
        ? default
        : FindAsync(
            request,
            may => may.IsFresh ? CacheOutcome.Stored : may.MayServeWhileAsking ? CacheOutcome.StaleWhileRevalidate : null,
            clientGone);

    /// <summary>The stored answer of an URL that may change, for an upstream that failed.</summary>
    public ValueTask<GateResult.Whole?> FindStandInAsync(GateRequest request, CancellationToken clientGone) =>
        request.Freshness is null
        ? default
        : FindAsync(request, may => may.MayStandIn ? CacheOutcome.StaleIfError : null, clientGone);

    public async ValueTask<UrlLookupResult> FindAsync(GateRequest request, CancellationToken clientGone)
    {
        using var span = FetchingTrace.Lookup();
        var key = request.Keys.Content;
        var started = clock.GetTimestamp();
        var kept = await stored.FindAsync(key, clientGone).ConfigureAwait(false);
        var known = kept.Verdict is null ? await urls.FindAsync(key, clientGone).ConfigureAwait(false) : default;
        var (cache, url, content) = known;
        if (content is { Verdict: Verdict.Clean } && stored.IsOn)
        {
            // It may have been kept since the look above, just before its verdict was recorded.
            kept = await stored.FindAsync(key, clientGone).ConfigureAwait(false);
        }

        var varies = kept.Varies is { Count: > 0 } ? kept.Varies : known.Varies ?? [];
        if (kept.Verdict is null)
        {
            var trace = new AnswerTrace(cache, Lookup: clock.GetElapsedTime(started));
            span.Found(cache);
            var result = content is { Verdict: not Verdict.Clean }
                ? new UrlLookupResult(trace, RefusalOf(content), null, false, null)
                : content is null ? new UrlLookupResult(trace, null, null, false, null)
                // Until upstream's bytes are here, and are the ones it was given for, the verdict answers nothing.
                : new UrlLookupResult(trace with { Cache = CacheOutcome.Stale }, null, null, false, url);
            return result with { Varies = varies };
        }

        var found = new AnswerTrace(
            kept.IsCurrent ? CacheOutcome.Stored : kept.IsStale ? CacheOutcome.Stale : CacheOutcome.ByUrl,
            Lookup: clock.GetElapsedTime(started));
        span.Found(found.Cache);
        return new UrlLookupResult(
            found,
            RefusalOf(kept.Verdict),
            kept.File is { } file ? Whole(found, file, kept.Verdict, file.StoredAt) : null,
            kept.IsStale,
            null)
        {
            Varies = varies,
        };

        ContentRecord? RefusalOf(ContentRecord verdict) =>
            verdict.Verdict == Verdict.Clean || rules.Find(request.Source, request.Policy, verdict) is not null ? null : verdict;
    }

    private async ValueTask<GateResult.Whole?> FindAsync(
        GateRequest request, Func<Reuse, CacheOutcome?> suits, CancellationToken clientGone)
    {
        var started = clock.GetTimestamp();
        var answer = await stored.FindAsync(request.Keys.Stored, clientGone).ConfigureAwait(false);
        if (answer.File is not { } file)
        {
            return null;
        }

        var may = reuse.Of(request, file);
        if (suits(may) is not { } cache)
        {
            file.Dispose();
            return null;
        }

        var trace = new AnswerTrace(cache, Lookup: clock.GetElapsedTime(started)) { TimeToLive = may.TimeToLive };
        return Whole(trace, file, answer.Verdict!, file.ConfirmedAt);
    }

    /// <param name="since">When upstream last said that it has it.</param>
    private GateResult.Whole Whole(AnswerTrace trace, StoredFile file, ContentRecord verdict, DateTimeOffset since)
    {
        var head = UpstreamHead.Of(file.Head);
        return new GateResult.Whole(trace, head, file, verdict)
        {
            Place = new StoredPlace(file.Location, CurrentAge.Of(head, since, clock.GetUtcNow())),
        };
    }
}
