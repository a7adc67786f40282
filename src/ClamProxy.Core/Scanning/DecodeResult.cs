using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>What became of a coded body that was to be decoded: one of the kinds nested here.</summary>
internal abstract record DecodeResult
{
    private DecodeResult()
    {
    }

    /// <summary>It is here; the caller disposes of its file.</summary>
    public sealed record Decoded(IntakeResult.Taken Content) : DecodeResult;

    /// <summary>It is not what its codings say, or too large.</summary>
    public sealed record Undecodable(UnscannableReason Reason, string Detail) : DecodeResult;

    /// <summary>There is no room for it.</summary>
    public sealed record NotTaken(Failure Failure) : DecodeResult;
}
