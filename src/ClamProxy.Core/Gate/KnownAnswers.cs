using ClamProxy.Core.Policies;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>Step 1 of the way that <see cref="ContentGate"/> draws: what is known of an URL, from the store and from earlier verdicts.</summary>
internal sealed class KnownAnswers(StoredAnswers stored, KnownVerdicts known, ReleaseRules rules, TimeProvider clock)
{
    public async ValueTask<Known> FindAsync(GateRequest request, CancellationToken clientGone)
    {
        var key = Representation.KeyOfContent(request);
        var started = clock.GetTimestamp();
        var kept = await stored.FindAsync(key, clientGone).ConfigureAwait(false);
        var (knowledge, url, content) = kept.Verdict is null ? await known.FindAsync(key, clientGone).ConfigureAwait(false) : default;
        if (content is { Verdict: Verdict.Clean } && stored.IsOn)
        {
            // It may have been kept since the look above, just before its verdict was recorded.
            kept = await stored.FindAsync(key, clientGone).ConfigureAwait(false);
        }

        if (kept.Verdict is null)
        {
            var passage = new Passage(knowledge, Lookup: clock.GetElapsedTime(started));
            return content is { Verdict: not Verdict.Clean }
                ? new Known(passage, RefusalOf(content), null, false, null)
                : new Known(passage, null, null, false, content is null ? null : (url!, content));
        }

        var found = new Passage(kept.IsCurrent ? Knowledge.Stored : kept.IsStale ? Knowledge.Stale : Knowledge.ByUrl, Lookup: clock.GetElapsedTime(started));
        return new Known(
            found,
            RefusalOf(kept.Verdict),
            kept.File is not { } file ? null : new GateResult.Whole(found, UpstreamHead.Of(file.Head), file, kept.Verdict)
            {
                Place = new StoredPlace(file.Location, clock.GetUtcNow() - file.StoredAt),
            },
            kept.IsStale,
            null);

        ContentRecord? RefusalOf(ContentRecord verdict) =>
            verdict.Verdict == Verdict.Clean || rules.Find(request.Target, request.Policy, verdict) is not null ? null : verdict;
    }
}
