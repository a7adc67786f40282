using ClamProxy.Core.Failures;
using ClamProxy.Core.Spool;

namespace ClamProxy.Core.Intake;

/// <summary>What became of a content that was to be spooled: one of the two nested here.</summary>
public abstract record IntakeResult
{
    private IntakeResult()
    {
    }

    /// <summary>It is here, whole.</summary>
    /// <param name="File">The caller's to dispose of.</param>
    public sealed record Taken(SpoolFile File) : IntakeResult;

    /// <summary>It is not; nothing of it is left.</summary>
    /// <param name="Failure">Why: too large, no room, broken off, too slow.</param>
    public sealed record NotTaken(Failure Failure) : IntakeResult;
}
