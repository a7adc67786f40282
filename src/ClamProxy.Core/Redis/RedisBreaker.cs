namespace ClamProxy.Core.Redis;

/// <summary>
/// Leaves Redis alone after so many failures in a row, then lets one call through to see. Not Polly's: that one counts a
/// ratio over a window, so that the good calls before an outage keep it closed for seconds, and knows no "in a row".
/// </summary>
/// <param name="options">How many failures open it, and for how long.</param>
/// <param name="time">The clock.</param>
/// <param name="jitter">From 0 to 1: where in its range a rest lies.</param>
/// <param name="isAllOfIt">
/// Whether one call's failure is a failure of all that is behind it. In a Cluster it is not: of three calls one goes to a lost primary, and
/// rests that double because some probes went there would last long after a replica has taken over.
/// </param>
internal sealed class RedisBreaker(RedisOptions options, TimeProvider time, Func<double> jitter, bool isAllOfIt = true)
{
    // A fifth less or more.
    private const double Spread = 0.2;

    private readonly Lock _gate = new();
    private int _failures;
    private int _rests;
    private long _openedAt;
    private TimeSpan _rest;
    private bool _isProbing;

    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _rests > 0;
            }
        }
    }

    /// <summary>How long Redis is not asked now.</summary>
    public TimeSpan Rest
    {
        get
        {
            lock (_gate)
            {
                return _rest;
            }
        }
    }

    /// <summary>Whether a call may be made. Its end is to be told with the same <paramref name="isProbe"/>.</summary>
    public bool TryEnter(out bool isProbe)
    {
        lock (_gate)
        {
            isProbe = _rests > 0 && !_isProbing && time.GetElapsedTime(_openedAt) >= _rest;
            _isProbing |= isProbe;
            return isProbe || _rests == 0;
        }
    }

    public BreakerChange Succeeded(bool isProbe)
    {
        lock (_gate)
        {
            // A call from before the opening proves nothing about now.
            if (_rests > 0 && !isProbe)
            {
                return BreakerChange.None;
            }

            (_failures, _rests, _isProbing) = (0, 0, false);
            return isProbe ? BreakerChange.Closed : BreakerChange.None;
        }
    }

    public BreakerChange Failed(bool isProbe)
    {
        lock (_gate)
        {
            if (isProbe)
            {
                Open();
                return BreakerChange.StayedOpen;
            }

            _failures++;
            if (_rests > 0 || _failures < options.BreakerFailures)
            {
                return BreakerChange.None;
            }

            Open();
            return BreakerChange.Opened;
        }
    }

    /// <summary>The caller left before the call ended: that says nothing about Redis, and the next caller may try.</summary>
    public void Left(bool isProbe)
    {
        lock (_gate)
        {
            _isProbing &= !isProbe;
        }
    }

    private void Open()
    {
        var doubled = isAllOfIt ? options.BreakerRest * Math.Pow(2, _rests) : options.BreakerRest;
        var bounded = doubled < options.BreakerRestMax ? doubled : options.BreakerRestMax;
        _rest = bounded * (1 - Spread + (2 * Spread * jitter()));
        (_failures, _rests, _openedAt, _isProbing) = (0, Math.Min(_rests + 1, 20), time.GetTimestamp(), false);
    }
}
