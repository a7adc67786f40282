namespace ClamProxy.Core.Policies;

/// <summary>What became of a rule that was to be added or removed.</summary>
/// <param name="Outcome">Whether it was, or why not.</param>
/// <param name="Detail">Why not, in one sentence; empty where it was.</param>
/// <param name="Rule">The rule that was added or removed, or that is in the way.</param>
public sealed record RuleChange<TRule>(RuleOutcome Outcome, string Detail, PlacedRule<TRule>? Rule)
    where TRule : class;
