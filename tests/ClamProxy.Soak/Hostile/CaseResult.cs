namespace ClamProxy.Soak.Hostile;

/// <summary>How one case went.</summary>
/// <param name="Happened">What was seen, in order.</param>
/// <param name="Broken">What did not hold; empty: all did.</param>
internal sealed record CaseResult(HostileCase Case, IReadOnlyList<string> Happened, IReadOnlyList<string> Broken, TimeSpan Took)
{
    public bool IsHeld => Broken.Count == 0;

    public override string ToString() => $"""
        {Case.Name}: {(IsHeld ? "held" : "BROKEN")} after {Took.TotalSeconds:F1} s
          attack: {Case.Attack}
          must hold: {Case.Holds}
        {string.Concat(Happened.Select(line => $"  seen: {line}\n"))}{string.Concat(Broken.Select(line => $"  BROKEN: {line}\n"))}
        """;
}
