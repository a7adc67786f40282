namespace ClamProxy.Rewriting;

/// <summary>
/// Remembers which routes' texts lead clients past the scanner, and to which hosts: each is logged once an hour, and /readyz lists them.
/// Bounded: upstreams choose the hosts.
/// </summary>
internal sealed class ForeignLinkNotices(RewritingMetrics metrics, TimeProvider clock, ILogger<ForeignLinkNotices> logger)
{
    private const int MostHosts = 256;

    private static readonly TimeSpan LogEvery = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Route, string Host), Times> _notices = [];

    /// <summary>All that was noticed since the start, by route.</summary>
    public IReadOnlyList<(string Route, string Host, DateTimeOffset Latest)> All
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _notices.Select(
                        one =>
                            (one.Key.Route, one.Key.Host, one.Value.Latest)).OrderBy(one =>
                                one.Route, StringComparer.Ordinal).ThenBy(one => one.Host, StringComparer.Ordinal)
                ];
            }
        }
    }

    /// <param name="route">The route's name.</param>
    /// <param name="target">The text's URL without its query.</param>
    /// <param name="hosts">Where its links lead.</param>
    /// <param name="isRefused">The text is not delivered.</param>
    public void Notice(string route, string target, IEnumerable<string> hosts, bool isRefused)
    {
        metrics.Foreign(isRefused);
        var now = clock.GetUtcNow();
        foreach (var host in hosts)
        {
            if (IsDue(route, host, now))
            {
                if (isRefused)
                {
                    logger.RefusedForeignLinks(route, target, host);
                }
                else
                {
                    logger.PassedForeignLinks(route, target, host);
                }
            }
        }
    }

    private bool IsDue(string route, string host, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_notices.TryGetValue((route, host), out var notice))
            {
                var isDue = now - notice.Logged >= LogEvery;
                _notices[(route, host)] = new(now, isDue ? now : notice.Logged);
                return isDue;
            }

            if (_notices.Count == MostHosts)
            {
                _notices.Remove(_notices.MinBy(one => one.Value.Latest).Key);
            }

            _notices.Add((route, host), new(now, now));
            return true;
        }
    }

    private readonly record struct Times(DateTimeOffset Latest, DateTimeOffset Logged);
}
