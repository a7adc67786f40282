namespace ClamProxy.Admin.Rules;

/// <summary>All exceptions, or all blocks: first those of the operator's own file.</summary>
internal sealed record RuleListAnswer(IReadOnlyList<RuleAnswer> Rules);
