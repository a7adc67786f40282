namespace ClamProxy.Core.Verdicts;

/// <summary>
/// The one table of the names that verdicts and reasons have outside the process: in stored records, problems, fields and metric tags.
/// Clients and stored records know them.
/// </summary>
public static class VerdictNames
{
    /// <summary>What records of 2026 call <see cref="UnscannableReason.Coding"/>.</summary>
    private const string EarlierCoding = "coding";

    public static string? Name(this Verdict verdict) => verdict switch
    {
        Verdict.None => null,
        Verdict.Clean => "clean",
        Verdict.Infected => "infected",
        Verdict.Unscannable => "unscannable",
    };

    public static string? Name(this UnscannableReason reason) => reason switch
    {
        UnscannableReason.None => null,
        UnscannableReason.TooLarge => "too-large",
        UnscannableReason.Encrypted => "encrypted",
        UnscannableReason.EngineLimit => "engine-limit",
        UnscannableReason.Archive => "archive",
        UnscannableReason.ScanError => "scan-error",
        UnscannableReason.Coding => "content-coding",
        UnscannableReason.AmbiguousArchive => "ambiguous-archive",
        UnscannableReason.Blocked => "blocked",
        UnscannableReason.Partial => "partial",
    };

    /// <summary>The name in a metric or a span, where none has one too.</summary>
    public static string Tag(this Verdict verdict) => verdict.Name() ?? "none";

    /// <inheritdoc cref="Tag(Verdict)"/>
    public static string Tag(this UnscannableReason reason) => reason.Name() ?? "none";

    /// <returns><see cref="Verdict.None"/> for any other text, another case included.</returns>
    public static Verdict ToVerdict(string? name) =>
        name is null ? Verdict.None : Enum.GetValues<Verdict>().FirstOrDefault(verdict => verdict.Name() == name);

    /// <returns>Null for a name that is unknown; None for no name.</returns>
    public static UnscannableReason? ToReason(string? name)
    {
        if (name == EarlierCoding)
        {
            return UnscannableReason.Coding;
        }

        foreach (var reason in Enum.GetValues<UnscannableReason>())
        {
            if (reason.Name() == name)
            {
                return reason;
            }
        }

        return null;
    }
}
