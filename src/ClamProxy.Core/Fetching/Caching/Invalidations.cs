using ClamProxy.Core.Download;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Caching;

/// <summary>
/// The URLs that have changed at upstream, by a request that did so (RFC 9111 §4.4) or as a HEAD shows (§4.3.5): what upstream was asked
/// for before then has to be asked about again, in every variant. In memory: with a restart, or in another process, an answer counts for as
/// long as upstream said.
/// </summary>
internal sealed class Invalidations(TimeProvider clock)
{
    /// <summary>Of more the least recently used are forgotten. A text and a time each.</summary>
    private const int MostUrls = 10_000;

    /// <summary>Few answers that may change count for longer, and whoever asks for one in the meantime has it confirmed.</summary>
    private static readonly TimeSpan s_life = TimeSpan.FromDays(1);

    private readonly BoundedCache<DateTimeOffset> _at = new(MostUrls, s_life, clock);

    public void Note(Target target) => _at.Set(target.Text, clock.GetUtcNow());

    /// <summary>Whether an answer that upstream was asked for then may be from before the change.</summary>
    public bool Concern(Target target, DateTimeOffset askedAt) => _at.TryGet(target.Text, out var at) && askedAt <= at;
}
