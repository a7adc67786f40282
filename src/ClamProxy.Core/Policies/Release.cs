using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Policies;

/// <summary>Why something is delivered that is not clean.</summary>
/// <param name="Policy">The reason whose policy is to pass; None: an exception says so.</param>
/// <param name="Exception">The exception; null: the policy says so.</param>
public sealed record Release(UnscannableReason Policy, Waiver? Exception);
