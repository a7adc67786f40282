using ClamProxy.Core.Store;

namespace ClamProxy.Core.Fetching.Caching;

/// <summary>
/// Whether a stored answer that may change may be given (RFC 9111 §4): by what upstream said of it, by what the client asks for, and before
/// both by the operator's word. Whether it may be given by its verdict is another matter.
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
        var left = terms.FreshFor is { } freshFor ? freshFor - unconfirmed : FreshnessLifetime.Of(head, said, file.ConfirmedAt) - age;

        // A clock that was set back since tells nothing of its age.
        var isKnown = unconfirmed >= TimeSpan.Zero && !invalidations.Concern(request.Target, file.ConfirmedAt);
        var mayBeStale = !said.ForbidsStale;
        return new Reuse(
            isKnown && (terms.FreshFor is not null ? left > TimeSpan.Zero : IsFreshFor(request.Directives, said, age, left)),
            isKnown && terms.FreshFor is null && mayBeStale && head.RedirectedTo is null && IsUndemanding(request.Directives)
                && left <= TimeSpan.Zero && said.StaleWhileRevalidate is { } whileAsking && -left <= whileAsking,
            head.Status == 200 && !invalidations.Concern(request.Target, file.ConfirmedAt)
                && (terms.StaleIfError is { } asSet ? unconfirmed <= asSet
                    : mayBeStale
                        && (said.StaleIfError is { } ifError ? -left <= ifError : unconfirmed <= Freshness.StaleIfErrorWhereAllowed)),
            age,
            left);
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
