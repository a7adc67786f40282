using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Scanning;

/// <summary>
/// Looks for signatures that changed without a number, and then ends the life of all verdicts that are not infected (decision 0057):
/// by SIGNATURE_REVISION at the start, by SIGNATURE_FOLDER, and by what STATS shows of a scanner that loaded signatures.
/// </summary>
internal sealed class SignatureWatch(
    VerdictCutoffs cutoffs, IScanners scanners, ScanningOptions options, ScanningReport report, TimeProvider clock) : BackgroundService
{
    private readonly Dictionary<string, int> _reloads = [];
    private string? _folder;
    private long? _changedAt;

    /// <summary>Call it after the cut-offs were exchanged: what others noted is not news.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.SignatureRevision is { Length: > 0 } revision && !cutoffs.IsNoted(SignatureMark.Revision, revision))
        {
            cutoffs.Note(SignatureMark.Revision, revision);
            Changed("SIGNATURE_REVISION is another");
        }

        LookIntoFolder();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pauses = new PeriodicTimer(options.SignatureInterval, clock);
        try
        {
            while (await pauses.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                LookAtScanners();
                LookIntoFolder();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private void LookAtScanners()
    {
        foreach (var (name, count) in scanners.Reloads)
        {
            if (_reloads.GetValueOrDefault(name) < count)
            {
                Changed($"{name} has loaded signatures");
            }

            _reloads[name] = count;
        }
    }

    private void LookIntoFolder()
    {
        if (options.SignatureFolder.Length == 0 || SignatureFiles.Fingerprint(options.SignatureFolder) is not { } now)
        {
            return;
        }

        if (now != _folder)
        {
            var isAsNoted = _folder is null && cutoffs.IsNoted(SignatureMark.Folder, now);
            _folder = now;
            if (!isAsNoted)
            {
                _changedAt = clock.GetTimestamp();
                Changed("the files of SIGNATURE_FOLDER have changed");
            }
        }

        // The scanner has them by now; what it scanned with the earlier ones since is scanned once more.
        if (_changedAt is { } at && clock.GetElapsedTime(at) >= options.SignatureReloadWithin)
        {
            _changedAt = null;
            cutoffs.Note(SignatureMark.Folder, now);
            Changed("the scanner has had time to load what changed in SIGNATURE_FOLDER");
        }
    }

    private void Changed(string how)
    {
        cutoffs.RescanAll();
        report.SignaturesChanged(how);
    }
}
