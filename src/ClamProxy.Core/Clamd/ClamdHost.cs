using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>
/// One scanner: its connections, what is under way there, and what follows from what it shows of itself (<see cref="ScannerHealth"/>).
/// </summary>
internal sealed class ClamdHost : IDisposable
{
    private readonly ScannerHealth _health;
    private readonly ScannerNudge _nudge = new();
    private readonly ScannerSilence _silence = new();
    private readonly ILogger _logger;

    public ClamdHost(ClamdEndpoint endpoint, ClamdOptions options, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _health = new ScannerHealth(options, time, GoesDown);
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
    public TaskCompletionSource Probed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Scans under way, of clients and in the background; guarded by <see cref="ScanSlots"/>.</summary>
    public int ScansInFlight { get; set; }

    /// <summary>How many of them are rescans, which take no client's slot; guarded by <see cref="ScanSlots"/>.</summary>
    public int BackgroundScansInFlight { get; set; }

    /// <summary>Slots taken by clients' contents that are not small; guarded by <see cref="ScanSlots"/>.</summary>
    public int LargeScansInFlight { get; set; }

    /// <summary>When it last got a slot, as a running number; guarded by <see cref="ScanSlots"/>.</summary>
    public long LastTurn { get; set; }

    /// <summary>Cancelled when it stopped answering altogether: what it was given goes to another.</summary>
    public CancellationToken Silence => _silence.Token;

    /// <summary>How often it was seen to have loaded signatures.</summary>
    public ReloadWatch Reload { get; } = new();

    public bool MayWork => _health.MayWork;

    /// <summary>An operator lets it have no new scans.</summary>
    public bool IsDrained => _health.IsDrained;

    /// <summary>Its name does not lead here any more: it gets no new scans, and is forgotten when those under way have ended.</summary>
    public bool IsLeaving => _health.IsLeaving;

    /// <summary>It passed its last test. One that went down keeps what it had until it is back: what it still answers is good.</summary>
    public bool IsTrusted => _health.IsTrusted;

    /// <summary>It failed a scan since it was last tested: others come first.</summary>
    public bool IsSuspect => _health.IsSuspect;

    public ScannerVersion? Version => _health.Version;

    /// <summary>What its last passed test showed of it; null before the first.</summary>
    public ScannerLimits? Limits => _health.Limits;

    public ScannerState State => _health.State(Name, ScansInFlight);

    /// <inheritdoc cref="ScannerHealth.Pause"/>
    public TimeSpan Pause => _health.Pause;

    /// <inheritdoc cref="ScannerNudge.Next"/>
    public Task NextNudge() => _nudge.Next();

    /// <inheritdoc cref="ScannerHealth.NeedsTest"/>
    public bool NeedsTest(ScannerVersion? version) => _health.NeedsTest(version);

    /// <summary>Its name leads elsewhere, or here again.</summary>
    public void SetLeaving(bool isLeaving)
    {
        if (!_health.SetLeaving(isLeaving))
        {
            return;
        }

        _nudge.Give();
        if (isLeaving)
        {
            ClamdLog.ScannerLeft(_logger, Name);
        }
    }

    /// <summary>An operator lets it have no new scans, or lets it have them again.</summary>
    public void SetDrained(bool isDrained)
    {
        if (_health.SetDrained(isDrained))
        {
            _nudge.Give();
        }
    }

    /// <inheritdoc cref="ScannerHealth.Scanned"/>
    public void Scanned(TimeSpan took) => _health.Scanned(took);

    /// <summary>It said ERROR: perhaps to all contents (its temporary folder is full), so it is tested at once.</summary>
    public void Doubt()
    {
        _health.Doubt();
        _nudge.Give();
    }

    /// <inheritdoc cref="ScannerHealth.ScanFailed"/>
    public void ScanFailed(ClamdException fault, bool isRepeat)
    {
        _health.ScanFailed(fault, isRepeat);
        _nudge.Give();
    }

    /// <inheritdoc cref="ScannerHealth.Answered"/>
    public void Answered(ScannerVersion? version) => _health.Answered(version);

    /// <summary>It answered the canaries.</summary>
    /// <param name="version">What it reported just before.</param>
    /// <param name="trouble">What they found wrong; null when it passed.</param>
    /// <param name="limits">What they showed of it; null when it did not pass.</param>
    public void Tested(ScannerVersion? version, string? trouble, ScannerLimits? limits)
    {
        var (isNews, areNewLimits) = _health.Tested(version, trouble, limits);
        if (trouble is not null)
        {
            Sessions.Retire();
        }

        if (isNews && trouble is null)
        {
            ClamdLog.ScannerIsUp(_logger, Name, version?.ToString() ?? "version unknown");
        }

        if (areNewLimits)
        {
            var level = limits!.TellsEncrypted ? LogLevel.Information : LogLevel.Warning;
            ClamdLog.LimitsAre(_logger, level, Name, limits.TrustedSize, limits.EncryptedText);
        }

        if (isNews && trouble is not null)
        {
            ClamdLog.ScannerIsNotTrusted(_logger, Name, trouble);
        }
    }

    /// <inheritdoc cref="ScannerHealth.ProbeFailed"/>
    public void ProbeFailed(ClamdException fault)
    {
        if (_health.ProbeFailed(fault))
        {
            _silence.Begin();
        }
    }

    public void Dispose()
    {
        Sessions.Dispose();
        _silence.Dispose();
    }

    private void GoesDown(string trouble, bool isNews)
    {
        Sessions.Retire();
        Reload.Left();
        if (isNews)
        {
            ClamdLog.ScannerIsDown(_logger, Name, trouble);
        }
    }
}
