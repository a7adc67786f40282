namespace ClamProxy.Core.Fetching;

/// <summary>
/// How long the stored answer of an URL that may change counts, by the operator's word (decision 0031); where there is none, by upstream's
/// (decision 0079).
/// </summary>
/// <param name="FreshFor">Time since upstream last confirmed it for which it is given without asking upstream; null: as upstream says.
/// </param>
/// <param name="StaleIfError">Time since then for which it is given where upstream fails; null: as upstream says.</param>
public sealed record Freshness(TimeSpan? FreshFor, TimeSpan? StaleIfError)
{
    /// <summary>
    /// How long an answer stands in for an upstream that fails, where neither the operator nor upstream says for how long and upstream does
    /// not forbid it: a long weekend's outage.
    /// </summary>
    internal static readonly TimeSpan StaleIfErrorWhereAllowed = TimeSpan.FromDays(7);

    /// <summary>As upstream says.</summary>
    public static Freshness ByUpstream { get; } = new(null, null);
}
