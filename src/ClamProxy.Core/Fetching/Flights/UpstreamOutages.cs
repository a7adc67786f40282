using ClamProxy.Core.Failures;
using ClamProxy.Core.Store;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// Which upstreams fail at the moment while stored answers are served for them: each outage is logged once when it begins and once when it
/// ends. One that cannot be reached is not asked again for a while, so that a build of a hundred requests does not wait for it a hundred
/// times.
/// </summary>
internal sealed class UpstreamOutages(GateReport report, TimeProvider clock)
{
    private const int MostOutages = 1000;

    /// <summary>As long as nginx leaves an upstream alone (fail_timeout).</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(10);

    private readonly LruTable<string, Outage> _outages = new(MostOutages);

    /// <summary>Whether upstream need not be asked now. Of those who come after its rest one asks, and the others go on resting.</summary>
    public bool IsResting(GateRequest request) => IsResting(Origin(request)) || IsResting(Answer(request));

    /// <summary>A stored answer is served because upstream failed.</summary>
    public void Failed(GateRequest request, Failure failure)
    {
        // The whole upstream rests only where no connection was had: what it does to a request, that request's target or fields may have
        // caused, and a redirect leads elsewhere.
        var isWhole = failure is
        {
            IsWithoutConnection: true,
            IsBehindRedirect: false,
            Reason: FailureReason.UpstreamUnreachable or FailureReason.UpstreamTlsFailed,
        };
        if (!isWhole)
        {
            End(Origin(request));
        }

        var (key, name) = isWhole ? Origin(request) : Answer(request);
        if (!_outages.TryGet(key, out var outage))
        {
            var rests = failure.Reason is FailureReason.UpstreamUnreachable or FailureReason.UpstreamTlsFailed
                or FailureReason.UpstreamTimedOut;
            _outages.Set(key, new Outage(clock, rests));
            report.OutageBegan(name, failure);
        }
        else
        {
            outage.TriedAgain(clock);
        }
    }

    /// <summary>Upstream has answered.</summary>
    public void Ended(GateRequest request)
    {
        End(Origin(request));
        End(Answer(request));
    }

    private bool IsResting((string Key, string Name) place) =>
        _outages.TryGet(place.Key, out var outage) && outage.Rests && !outage.TryTakeTurn(clock);

    private void End((string Key, string Name) place)
    {
        if (_outages.TryGet(place.Key, out var outage))
        {
            _outages.Remove(place.Key);
            report.OutageEnded(place.Name, clock.GetElapsedTime(outage.Since));
        }
    }

    private static (string Key, string Name) Origin(GateRequest request) =>
        (request.Target.Origin.ToString(), request.Target.Origin.ToString());

    /// <summary>One answer to the very same request, whose fields may be why it fails. Its name for the log is without its query.</summary>
    private static (string Key, string Name) Answer(GateRequest request) =>
        (request.Keys.Stored.Of(request.Keys.AllNeutral).Text, request.Target.TextWithoutQuery);

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
