using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;

namespace ClamProxy.Core.Objects.S3;

/// <summary>Takes objects into the spool: bounded as uploads are, but a slow store is nobody's fault who waits for it.</summary>
internal sealed class S3Intake(ContentIntake intake, IntakeOptions limits, S3Options options, TimeProvider clock)
{
    /// <summary>Why an object of this many bytes is not taken; null: it is.</summary>
    public Failure? Refuse(long length) => intake.Refuse(length);

    /// <param name="takesAnySize">See <see cref="IntakeTerms"/>.</param>
    public async Task<IntakeResult> TakeAsync(
        S3Body body, long length, WaitingClients clients, bool takesAnySize, CancellationToken cancellationToken)
    {
        var terms = new IntakeTerms(length, clients, takesAnySize);
        using var spool = intake.Open(terms);
        return await intake.FillAsync(
            spool,
            terms,
            async (sink, cancelled) =>
            {
                // The body bounds its own silences, over all of its tries: this one only ends what would not.
                var silence = options.Timeout * (options.Attempts + 1) * 2;
                var copy = new PacedCopy(sink, new PaceLimits(silence, limits.TotalTimeout, limits.MinRate), clock);
                return FailureOf(await copy.RunAsync(body, length, cancelled).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static Failure? FailureOf(CopyResult copied) => copied.End switch
    {
        CopyEnd.Whole => null,
        CopyEnd.Refused => copied.Refusal,
        CopyEnd.Broken or CopyEnd.Shorter or CopyEnd.Longer or CopyEnd.Silent or CopyEnd.OverTime or CopyEnd.BelowRate =>
            new(FailureReason.ObjectsUnavailable, "The bucket of contents sends too slowly, or not all of an object.", copied.Cause),
    };
}
