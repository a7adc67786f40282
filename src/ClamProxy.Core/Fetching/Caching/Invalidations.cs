using System.Security.Cryptography;
using System.Text;
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
    /// <summary>Of more the least recently used are forgotten. A name and a time each.</summary>
    private const int MostUrls = 10_000;

    /// <summary>Upstream and clients choose the URLs, whose lengths add up: a longer one is held by its hash.</summary>
    private const int LongestName = 256;

    /// <summary>Few answers that may change count for longer, and whoever asks for one in the meantime has it confirmed.</summary>
    private static readonly TimeSpan s_life = TimeSpan.FromDays(1);

    private readonly BoundedCache<DateTimeOffset> _at = new(MostUrls, s_life, clock);

    public void Note(Target target) => _at.Set(NameOf(target), clock.GetUtcNow());

    /// <summary>Whether an answer that upstream was asked for then may be from before the change.</summary>
    public bool Concern(Target target, DateTimeOffset askedAt) => _at.TryGet(NameOf(target), out var at) && askedAt <= at;

    /// <summary>A short text for an URL; no URL is like a hash.</summary>
    public static string NameOf(Target target) => target.Text.Length <= LongestName
        ? target.Text
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target.Text)));
}
