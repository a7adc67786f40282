using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Overview;

/// <summary>Running counts of what was answered, from which samples over time are taken.</summary>
public sealed class RequestTally
{
    /// <summary>Bounds of times in milliseconds: each is the one before times the square root of 2; the last is over 30 minutes.</summary>
    private const int TimeCount = 48;

    private const double Shortest = 0.25;

    private readonly Lock _gate = new();
    private readonly long[] _times = new long[TimeCount];
    private long _requests;
    private long _bytes;
    private long _refused;
    private long _failed;
    private long _stored;
    private long _contents;

    /// <summary>What was counted so far.</summary>
    public TallyState State
    {
        get
        {
            lock (_gate)
            {
                return new TallyState(_requests, _bytes, _refused, _failed, _stored, _contents, [.. _times]);
            }
        }
    }

    internal void Add(Decision decision)
    {
        var isRefused = decision.Verdict is Verdict.Infected or Verdict.Unscannable && decision.Status is >= 400 or 0;
        lock (_gate)
        {
            _requests++;
            _bytes += decision.Bytes;
            _refused += isRefused ? 1 : 0;
            _failed += !isRefused && decision.Status >= 500 ? 1 : 0;
            _contents += decision.Verdict == Verdict.None ? 0 : 1;
            _stored += decision.Outcome is "store" or "x-accel" or "revalidated" or "stale-if-error" ? 1 : 0;
            _times[PlaceOf(decision.Total)]++;
        }
    }

    /// <summary>The upper bound of a place, in milliseconds.</summary>
    internal static double BoundOf(int place) => Shortest * Math.Pow(2, place / 2.0);

    private static int PlaceOf(TimeSpan time)
    {
        var ratio = time.TotalMilliseconds / Shortest;
        return ratio <= 1 ? 0 : Math.Min(TimeCount - 1, (int)Math.Ceiling(2 * Math.Log2(ratio)));
    }
}
