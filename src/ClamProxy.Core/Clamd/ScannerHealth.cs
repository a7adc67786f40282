namespace ClamProxy.Core.Clamd;

/// <summary>
/// What one scanner has shown of itself, and whether it may work for that: up only by a probe, trusted only by the canaries.
/// </summary>
/// <param name="options">How long what is borne.</param>
/// <param name="time">The clock.</param>
/// <param name="goesDown">Called with each trouble that takes it from work, and whether that is news; must be quick, for no state changes
/// meanwhile.</param>
internal sealed class ScannerHealth(ClamdOptions options, TimeProvider time, Action<string, bool> goesDown)
{
    /// <summary>So many scans failed in a row, with probes passing between them, and it rests.</summary>
    private const int FaultsBeforeRest = 3;

    private readonly Lock _gate = new();
    private bool _isUp;
    private bool _isTrusted;
    private bool _isLeaving;
    private bool _isDrained;
    private int _faults;
    private int _setbacks;
    private long _heardAt = time.GetTimestamp();
    private long _testedAt;
    private ScannerVersion? _version;
    private ScannerVersion? _testedVersion;
    private ScannerLimits? _limits;
    private string? _trouble = "it has not answered yet";
    private ScannerFigures _figures = ScannerFigures.None;
    private ScannerTestResult? _lastTest;

    public bool MayWork => Read(static health => health._isUp && health._isTrusted && !health._isLeaving && !health._isDrained);

    public bool IsDrained => Read(static health => health._isDrained);

    public bool IsLeaving => Read(static health => health._isLeaving);

    public bool IsTrusted => Read(static health => health._isTrusted);

    public bool IsSuspect { get; private set; }

    public ScannerVersion? Version => Read(static health => health._version);

    public ScannerLimits? Limits => Read(static health => health._limits);

    /// <summary>The pause before the next probe: the interval, or a rest that grows while it is down.</summary>
    public TimeSpan Pause =>
        Read(static health => health._isUp ? health.Options.ProbeInterval : ScannerRest.After(health._setbacks, health.Options));

    public ScannerState State(string name, int scansInFlight)
    {
        lock (_gate)
        {
            var trouble = _isLeaving
                ? "it is not configured any more, or its host name no longer has this address: it finishes its scans and gets no new ones"
                : _isDrained
                ? "drained by an operator: it finishes its scans and gets no new ones"
                : _isUp && _isTrusted
                ? null
                : _trouble;
            var mayWork = _isUp && _isTrusted && !_isLeaving && !_isDrained;
            return new ScannerState(name, _isUp, mayWork, _version, trouble, scansInFlight, _limits)
            {
                Figures = _figures,
                IsDrained = _isDrained,
                LastTest = _lastTest,
            };
        }
    }

    /// <summary>Whether it must pass the canaries before its next probe counts.</summary>
    public bool NeedsTest(ScannerVersion? version)
    {
        lock (_gate)
        {
            return !_isUp
                || !_isTrusted
                || IsSuspect
                || version != _testedVersion
                || time.GetElapsedTime(_testedAt) >= options.CanaryInterval;
        }
    }

    /// <returns>Whether that is news.</returns>
    public bool SetLeaving(bool isLeaving)
    {
        lock (_gate)
        {
            var isNews = _isLeaving != isLeaving;
            _isLeaving = isLeaving;
            return isNews;
        }
    }

    /// <returns>Whether that is news.</returns>
    public bool SetDrained(bool isDrained)
    {
        lock (_gate)
        {
            var isNews = _isDrained != isDrained;
            _isDrained = isDrained;
            return isNews;
        }
    }

    /// <summary>It gave a scan's whole answer.</summary>
    /// <param name="took">How long the scan took.</param>
    public void Scanned(TimeSpan took)
    {
        lock (_gate)
        {
            _figures = _figures.Answered(took);
            _heardAt = time.GetTimestamp();
            _faults = 0;
            _setbacks = 0;
        }
    }

    public void Doubt() => IsSuspect = true;

    /// <summary>A scan got no answer from it. A repeat counts for nothing: one content that breaks it must not make it rest.</summary>
    public void ScanFailed(ClamdException fault, bool isRepeat)
    {
        lock (_gate)
        {
            IsSuspect = true;
            _figures = _figures.Failed(time.GetUtcNow());
            if (!isRepeat)
            {
                _faults++;
            }

            // The scans that were under way when it went down fail one after another: they are one setback.
            if (_isUp && (fault.Fault is ScannerFault.Refused || _faults >= FaultsBeforeRest))
            {
                GoDown(fault.Message);
            }
        }
    }

    /// <summary>It answered a probe; what it was found to be before still holds.</summary>
    public void Answered(ScannerVersion? version)
    {
        lock (_gate)
        {
            _heardAt = time.GetTimestamp();
            _version = version;
            if (_isUp)
            {
                return;
            }

            _isUp = true;
            _isTrusted = false;
            _trouble = "it answers, but has not passed its test yet";
        }
    }

    /// <summary>It answered the canaries.</summary>
    /// <returns>Whether its trouble or version is news, and whether its limits are.</returns>
    public (bool IsNews, bool AreNewLimits) Tested(ScannerVersion? version, string? trouble, ScannerLimits? limits)
    {
        lock (_gate)
        {
            var isNews = trouble != _trouble || version != _testedVersion;
            var areNewLimits = limits is not null && limits != _limits;
            _heardAt = time.GetTimestamp();
            _testedAt = _heardAt;
            _lastTest = new ScannerTestResult(time.GetUtcNow(), trouble);
            _testedVersion = version;
            _isTrusted = trouble is null;
            _trouble = trouble;
            _limits = limits ?? _limits;
            IsSuspect = false;
            return (isNews, areNewLimits);
        }
    }

    /// <summary>
    /// It failed a probe. Silence is tolerated for DownAfter, since a busy clamd is not a dead one. Any other fault is not tolerated.
    /// </summary>
    /// <returns>Whether it has been silent for too long.</returns>
    public bool ProbeFailed(ClamdException fault)
    {
        lock (_gate)
        {
            var isSilence = fault.Fault is ScannerFault.ConnectTimedOut or ScannerFault.SendStalled or ScannerFault.TimedOut;
            var isSilentTooLong = time.GetElapsedTime(_heardAt) >= options.DownAfter;
            if (!isSilence || isSilentTooLong)
            {
                GoDown(fault.Message);
            }

            return isSilentTooLong;
        }
    }

    private ClamdOptions Options => options;

    private void GoDown(string trouble)
    {
        _setbacks++;
        var isNews = _isUp || _setbacks == 1;
        _isUp = false;
        _trouble = trouble;
        goesDown(trouble, isNews);
    }

    private T Read<T>(Func<ScannerHealth, T> read)
    {
        lock (_gate)
        {
            return read(this);
        }
    }
}
