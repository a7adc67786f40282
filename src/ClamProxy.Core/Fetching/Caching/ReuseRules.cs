using ClamProxy.Core.Store;

namespace ClamProxy.Core.Fetching.Caching;

/// <summary>
/// Whether a stored answer that may change may be given (RFC 9111 §4): by what upstream said of it, by what the client asks for, and
/// before both by the operator's word. Whether it may be given by its verdict is another matter.
/// </summary>
internal sealed class ReuseRules(Invalidations invalidations, TimeProvider clock)
{
    public Reuse Of(GateRequest request, StoredFile file)
    {
        var now = clock.GetUtcNow();
        var terms = request.Freshness!;
        var head = UpstreamHead.Of(file.Head);
        var said = head.CacheControl;
        var unconfirmed = now - file.ConfirmedAt;
        var age = CurrentAge.Of(head, file.ConfirmedAt, now);
        var left = TimeToLive(terms, head, file.ConfirmedAt, now);

        // A clock that was set back since tells nothing of its age.
        var isKnown = unconfirmed >= TimeSpan.Zero && !invalidations.Concern(request.Target, file.ConfirmedAt);
        var mayBeStale = !said.ForbidsStale;
        return new Reuse(
            isKnown && (terms.FreshFor is not null && head.Status == 200
                ? left > TimeSpan.Zero
                : IsFreshFor(request.Directives, said, age, left)),
            isKnown && terms.FreshFor is null && mayBeStale && head.RedirectedTo is null && IsUndemanding(request.Directives)
                && left <= TimeSpan.Zero && said.StaleWhileRevalidate is { } whileAsking && -left <= whileAsking,
            head.Status == 200 && !invalidations.Concern(request.Target, file.ConfirmedAt)
                && (terms.StaleIfError is { } asSet ? unconfirmed <= asSet
                    : mayBeStale
                        && (said.StaleIfError is { } ifError ? -left <= ifError : unconfirmed <= Freshness.StaleIfErrorWhereAllowed)),
            age,
            left);
    }

    /// <summary>
    /// How long an answer is fresh yet; below zero: how long it has been stale. The operator's word is on what upstream has: anything else
    /// it answers, an error above all, counts for no longer than it says itself.
    /// </summary>
    public static TimeSpan TimeToLive(Freshness terms, UpstreamHead head, DateTimeOffset confirmedAt, DateTimeOffset now)
    {
        var byUpstream = FreshnessLifetime.Of(head, head.CacheControl, confirmedAt) - CurrentAge.Of(head, confirmedAt, now);
        return terms.FreshFor - (now - confirmedAt) is not { } byOperator ? byUpstream
            : head.Status == 200 || byOperator < byUpstream ? byOperator
            : byUpstream;
    }

    /// <summary>What the client asks for only narrows what upstream allows, but for max-stale (RFC 9111 §5.2.1).</summary>
    private static bool IsFreshFor(CacheControl asked, CacheControl said, TimeSpan age, TimeSpan left) =>
        !said.NoCache
        && !asked.NoCache
        && (asked.MaxAge is not { } maxAge || age <= maxAge)
        && (asked.MinFresh is not { } minFresh || left >= minFresh)
        && (left > TimeSpan.Zero || (asked.MaxStale is { } maxStale && !said.ForbidsStale && -left <= maxStale));

    private static bool IsUndemanding(CacheControl asked) => !asked.NoCache && asked.MaxAge is null && asked.MinFresh is null;
}
