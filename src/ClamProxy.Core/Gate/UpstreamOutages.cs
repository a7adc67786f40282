using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Store;

namespace ClamProxy.Core.Gate;

/// <summary>
/// Which upstreams fail at the moment while stored answers stand in for them: each outage is told once when it begins and once when it ends. One that
/// cannot be reached is left alone for a while between two tries, so that a build of a hundred requests does not wait for it a hundred times.
/// </summary>
internal sealed class UpstreamOutages(GateReport report, TimeProvider clock)
{
    private const int MostOutages = 1000;

    /// <summary>As long as nginx leaves an upstream alone (fail_timeout).</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(10);

    private readonly LruTable<string, Outage> _outages = new(MostOutages);

    /// <summary>Whether upstream need not be asked now. Of those who come after its rest one asks, and the others go on resting.</summary>
    public bool IsResting(Target target) => IsResting(Origin(target)) || IsResting(target.TextWithoutQuery);

    /// <summary>A stored answer stands in for an upstream that failed.</summary>
    public void Failed(Target target, Failure failure)
    {
        // One slow address, or one that leads elsewhere, says nothing of the others: whoever finds one must not make the whole upstream rest.
        var isGone = failure.Reason is FailureReason.UpstreamUnreachable or FailureReason.UpstreamTlsFailed;
        var isWhole = isGone && !failure.IsBehindRedirect;
        if (!isWhole)
        {
            End(Origin(target));
        }

        var where = isWhole ? Origin(target) : target.TextWithoutQuery;
        if (!_outages.TryGet(where, out var outage))
        {
            _outages.Set(where, new Outage(clock, rests: isGone || failure.Reason == FailureReason.UpstreamTimedOut));
            report.OutageBegan(where, failure);
        }
        else
        {
            outage.TriedAgain(clock);
        }
    }

    /// <summary>Upstream has answered.</summary>
    public void Ended(Target target)
    {
        End(Origin(target));
        End(target.TextWithoutQuery);
    }

    private bool IsResting(string where) => _outages.TryGet(where, out var outage) && outage.Rests && !outage.TryTakeTurn(clock);

    private void End(string where)
    {
        if (_outages.TryGet(where, out var outage))
        {
            _outages.Remove(where);
            report.OutageEnded(where, clock.GetElapsedTime(outage.Since));
        }
    }

    private static string Origin(Target target) => target.Origin.ToString();

    private sealed class Outage(TimeProvider clock, bool rests)
    {
        public bool Rests => rests;

        private long _tried = clock.GetTimestamp();

        public long Since { get; } = clock.GetTimestamp();

        public void TriedAgain(TimeProvider clock) => Volatile.Write(ref _tried, clock.GetTimestamp());

        public bool TryTakeTurn(TimeProvider clock)
        {
            var tried = Volatile.Read(ref _tried);
            return clock.GetElapsedTime(tried) >= s_rest && Interlocked.CompareExchange(ref _tried, clock.GetTimestamp(), tried) == tried;
        }
    }
}
