namespace ClamProxy.Rewriting;

/// <summary>Where a text's links lead.</summary>
/// <param name="OfARule">The host of a link that a rule names in a spelling that is not rewritten; null: there is none.</param>
/// <param name="Foreign">Hosts that clients fetch packages from past the scanner.</param>
/// <param name="Doubtful">Hosts that clients may fetch something from past the scanner, which is no reason to refuse the text.</param>
internal sealed record LinkReport(string? OfARule, IReadOnlyList<string> Foreign, IReadOnlyList<string> Doubtful)
{
    public static LinkReport Of(IReadOnlyList<LinkFindings> parts)
    {
        string[] foreign = [.. parts.SelectMany(part => part.Foreign).Distinct()];
        return new(
            parts.Select(part => part.OfARule).FirstOrDefault(host => host is not null),
            foreign,
            [.. parts.SelectMany(part => part.Doubtful).Distinct().Except(foreign)]);
    }
}
