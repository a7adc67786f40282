using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>What we know of one scanner, and when it may work: up only by a probe, trusted only by the canaries.</summary>
internal sealed class ClamdHost : IDisposable
{
    /// <summary>So many scans failed in a row, with probes passing between them, and it rests.</summary>
    private const int FaultsBeforeRest = 3;

    private readonly Lock _gate = new();
    private readonly ClamdOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private CancellationTokenSource _silence = new();
    private TaskCompletionSource _nudge = NewSignal();
    private bool _isUp;
    private bool _isTrusted;
    private bool _isLeaving;
    private int _faults;
    private int _setbacks;
    private long _heardAt;
    private long _testedAt;
    private ScannerVersion? _version;
    private ScannerVersion? _testedVersion;
    private ScannerLimits? _limits;
    private string? _trouble = "it has not answered yet";

    public ClamdHost(ClamdEndpoint endpoint, ClamdOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _heardAt = time.GetTimestamp();
        Client = new ClamdClient(endpoint, options, time);
        Sessions = new TestedSessions(this, options, time, logger);
        MayPassDescriptors = options.UseFileDescriptors && endpoint.IsUnix;
    }

    public ClamdClient Client { get; }

    /// <summary>The connections that work is done on.</summary>
    public TestedSessions Sessions { get; }

    public string Name => Client.Endpoint.Text;

    /// <summary>It is to be offered descriptors: they are wanted, and it is behind a unix socket.</summary>
    public bool MayPassDescriptors { get; }

    /// <summary>Its last test, or a scan, showed that it does not read the descriptors it is passed.</summary>
    public bool RefusesDescriptors { get; set; }

    /// <summary>It answers VERSION: clamd 1.5 can be told not to, and ends a session in which it is asked.</summary>
    public bool TellsVersion => Version is not null;

    /// <summary>Completed by the first probe, whatever came of it.</summary>
    public TaskCompletionSource Probed { get; } = NewSignal();

    /// <summary>Scans under way, of clients and in the background; guarded by <see cref="ScanSlots"/>.</summary>
    public int ScansInFlight { get; set; }

    /// <summary>How many of them are rescans, which take no client's slot; guarded by <see cref="ScanSlots"/>.</summary>
    public int BackgroundScansInFlight { get; set; }

    /// <summary>Slots taken by clients' contents that are not small; guarded by <see cref="ScanSlots"/>.</summary>
    public int LargeScansInFlight { get; set; }

    /// <summary>When it last got a slot, as a running number; guarded by <see cref="ScanSlots"/>.</summary>
    public long LastTurn { get; set; }

    /// <summary>Cancelled when it stopped answering altogether: what it was given goes to another.</summary>
    public CancellationToken Silence
    {
        get
        {
            lock (_gate) return _silence.Token;
        }
    }

    public bool MayWork
    {
        get
        {
            lock (_gate) return _isUp && _isTrusted && !_isLeaving;
        }
    }

    /// <summary>Its name does not lead here any more: it gets no new scans, and is forgotten when those under way have ended.</summary>
    public bool IsLeaving
    {
        get
        {
            lock (_gate) return _isLeaving;
        }
    }

    /// <summary>It passed its last test. One that went down keeps what it had until it is back: what it still answers is good.</summary>
    public bool IsTrusted
    {
        get
        {
            lock (_gate) return _isTrusted;
        }
    }

    /// <summary>It failed a scan since it was last tested: others come first.</summary>
    public bool IsSuspect { get; private set; }

    public ScannerVersion? Version
    {
        get
        {
            lock (_gate) return _version;
        }
    }

    /// <summary>What its last passed test showed of it; null before the first.</summary>
    public ScannerLimits? Limits
    {
        get
        {
            lock (_gate) return _limits;
        }
    }

    public ScannerState State
    {
        get
        {
            lock (_gate)
            {
                var trouble = _isLeaving ? "its host name no longer has this address: it finishes its scans and gets no new ones" : _isUp && _isTrusted ? null : _trouble;
                return new ScannerState(Name, _isUp, _isUp && _isTrusted && !_isLeaving, _version, trouble, ScansInFlight, _limits);
            }
        }
    }

    /// <summary>The pause before the next probe: the interval, or a rest that grows while it is down.</summary>
    public TimeSpan Pause
    {
        get
        {
            lock (_gate) return _isUp ? _options.ProbeInterval : Rest();
        }
    }

    /// <summary>Begins to listen for the next wish to be probed before its time: take it before a probe, so that none is missed
    /// meanwhile.</summary>
    public Task NextNudge()
    {
        lock (_gate)
        {
            _nudge = NewSignal();
            return _nudge.Task;
        }
    }

    /// <summary>Whether it must pass the canaries before its next probe counts.</summary>
    public bool NeedsTest(ScannerVersion? version)
    {
        lock (_gate)
        {
            return !_isUp || !_isTrusted || IsSuspect || version != _testedVersion || _time.GetElapsedTime(_testedAt) >= _options.CanaryInterval;
        }
    }

    /// <summary>Its name leads elsewhere, or here again.</summary>
    public void SetLeaving(bool isLeaving)
    {
        lock (_gate)
        {
            if (_isLeaving == isLeaving) return;
            _isLeaving = isLeaving;
            _nudge.TrySetResult();
        }

        if (isLeaving) ClamdLog.ScannerLeft(_logger, Name);
    }

    /// <summary>It gave a scan's whole answer.</summary>
    public void Scanned()
    {
        lock (_gate)
        {
            _heardAt = _time.GetTimestamp();
            _faults = 0;
            _setbacks = 0;
        }
    }

    /// <summary>It said ERROR: perhaps to all contents (its temporary folder is full), so it is tested at once.</summary>
    public void Doubt()
    {
        IsSuspect = true;
        Nudge();
    }

    /// <summary>A scan got no answer from it. A repeat counts for nothing: one content that breaks it must not make it rest.</summary>
    public void ScanFailed(ClamdException fault, bool isRepeat)
    {
        lock (_gate)
        {
            IsSuspect = true;
            if (!isRepeat) _faults++;
            // The scans that were under way when it went down fail one after another: they are one setback.
            if (_isUp && (fault.Fault is ScannerFault.Refused || _faults >= FaultsBeforeRest)) GoDown(fault.Message);
        }

        Nudge();
    }

    /// <summary>It answered a probe; what it was found to be before still holds.</summary>
    public void Answered(ScannerVersion? version)
    {
        lock (_gate)
        {
            _heardAt = _time.GetTimestamp();
            _version = version;
            if (_isUp) return;
            _isUp = true;
            _isTrusted = false;
            _trouble = "it answers, but has not passed its test yet";
        }
    }

    /// <summary>It answered the canaries.</summary>
    /// <param name="version">What it reported just before.</param>
    /// <param name="trouble">What they found wrong; null when it passed.</param>
    /// <param name="limits">What they showed of it; null when it did not pass.</param>
    public void Tested(ScannerVersion? version, string? trouble, ScannerLimits? limits)
    {
        bool isNews;
        bool areNewLimits;
        lock (_gate)
        {
            isNews = trouble != _trouble || version != _testedVersion;
            _heardAt = _time.GetTimestamp();
            _testedAt = _heardAt;
            _testedVersion = version;
            _isTrusted = trouble is null;
            _trouble = trouble;
            areNewLimits = limits is not null && limits != _limits;
            _limits = limits ?? _limits;
            IsSuspect = false;
        }

        if (trouble is not null) Sessions.Retire();
        if (isNews && trouble is null) ClamdLog.ScannerIsUp(_logger, Name, version?.ToString() ?? "version unknown");
        if (areNewLimits) ClamdLog.LimitsAre(_logger, limits!.TellsEncrypted ? LogLevel.Information : LogLevel.Warning, Name, limits.TrustedSize, limits.EncryptedText);
        if (isNews && trouble is not null) ClamdLog.ScannerIsNotTrusted(_logger, Name, trouble);
    }

    /// <summary>It failed a probe. Silence is tolerated for DownAfter, since a busy clamd is not a dead one. Any other fault is not tolerated.</summary>
    public void ProbeFailed(ClamdException fault)
    {
        lock (_gate)
        {
            var isSilence = fault.Fault is ScannerFault.ConnectTimedOut or ScannerFault.SendStalled or ScannerFault.TimedOut;
            var isSilentTooLong = _time.GetElapsedTime(_heardAt) >= _options.DownAfter;
            if (!isSilence || isSilentTooLong) GoDown(fault.Message);
            if (isSilentTooLong) CancelScans();
        }
    }

    public void Dispose()
    {
        Sessions.Dispose();
        _silence.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Nudge()
    {
        lock (_gate) _nudge.TrySetResult();
    }

    private void GoDown(string trouble)
    {
        _setbacks++;
        var wasUp = _isUp;
        _isUp = false;
        _trouble = trouble;
        Sessions.Retire();
        if (wasUp || _setbacks == 1) ClamdLog.ScannerIsDown(_logger, Name, trouble);
    }

    private void CancelScans()
    {
        // Not disposed: scans that are about to look at it still hold its token, and it owns no timer.
        _ = _silence.CancelAsync();
        _silence = new CancellationTokenSource();
    }

    private TimeSpan Rest()
    {
        const int MostDoublings = 16;
        const double Jitter = 0.2;
        var rest = _options.RestTime * Math.Pow(2, Math.Clamp(_setbacks - 1, 0, MostDoublings));
        var bounded = rest < _options.RestTimeMax ? rest : _options.RestTimeMax;
        return bounded * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()));
    }
}
