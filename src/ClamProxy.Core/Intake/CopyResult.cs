using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Intake;

/// <summary>How a copy ended, and what is known of why.</summary>
/// <param name="End">How.</param>
/// <param name="Refusal">What the sink said; set where it refused.</param>
/// <param name="Cause">What reading threw; set where it broke.</param>
internal readonly record struct CopyResult(CopyEnd End, Failure? Refusal = null, Exception? Cause = null);
