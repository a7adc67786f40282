using ClamProxy.Core.Intake;
using ClamProxy.Core.Scanning;

namespace ClamProxy.Core.Messages;

/// <summary>Has a part of a body scanned for itself: a file in a form, in a JSON text, in an archive of a protocol's own.</summary>
internal sealed class PartScan(ContentScanner scanner, ContentIntake intake)
{
    /// <param name="subject">What logs call the part, and whose it is.</param>
    /// <param name="part">Its bytes.</param>
    /// <param name="length">How many they are; null: nobody knows yet.</param>
    /// <param name="cancelled">Ends the wait.</param>
    public async Task<ScanDecision> RunAsync(ScanSubject subject, Stream part, long? length, CancellationToken cancelled)
    {
        var taken = await intake.TakeAsync(part, new IntakeTerms(length, subject.Clients), cancelled).ConfigureAwait(false);
        if (taken is not IntakeResult.Taken { File: var file })
        {
            return scanner.DecideNotTaken(((IntakeResult.NotTaken)taken).Failure);
        }

        using (file)
        {
            return await scanner.ScanAsync(subject, file, cancelled).ConfigureAwait(false);
        }
    }
}
