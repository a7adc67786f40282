using ClamProxy.Core.Admission;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>Has the scanners scan what they may be asked about.</summary>
internal sealed class EngineScan(IScanners scanners, ContentIntake intake, TimeProvider clock)
{
    /// <param name="subject">What is scanned.</param>
    /// <param name="form">Its bytes.</param>
    /// <param name="clients">Who wants it.</param>
    /// <param name="cancelled">Ends the wait.</param>
    public async Task<ScanResult> RunAsync(ScanSubject subject, ScanForm form, WaitingClients clients, CancellationToken cancelled) =>
        intake.Refuse(form.Content.Length) is { } tooLarge
        ? new ScanResult.Judged(ScanVerdict.Unscannable(
            UnscannableReason.TooLarge, tooLarge.Detail, await form.Sha256().ConfigureAwait(false), clock.GetUtcNow()))
        : await scanners.ScanAsync(subject, form, clients, cancelled).ConfigureAwait(false);
}
