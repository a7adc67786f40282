namespace ClamProxy.Core.Verdicts;

/// <summary>What a scanner said of one content.</summary>
/// <param name="Sha256">The content's SHA-256: 64 lower-case hexadecimal digits.</param>
/// <param name="Verdict">The verdict; never <see cref="Verdict.None"/>.</param>
/// <param name="Signature">The name of the signature found: always set when infected, never when clean.</param>
/// <param name="Reason">Why it could not be scanned completely; None unless unscannable.</param>
/// <param name="Detail">One sentence more for the client, such as which limit was reached.</param>
/// <param name="Engine">The scanner's engine version, such as <c>1.4.6</c>; null when it named none.</param>
/// <param name="Database">The signature database's version, such as 27826; null when the scanner named none.</param>
/// <param name="DatabaseDate">When that database was built; null when the scanner named no date.</param>
/// <param name="ScannedAt">When its scan began.</param>
public sealed record ContentRecord(
    string Sha256,
    Verdict Verdict,
    string? Signature,
    UnscannableReason Reason,
    string? Detail,
    string? Engine,
    int? Database,
    DateTimeOffset? DatabaseDate,
    DateTimeOffset ScannedAt)
{
    /// <summary>
    /// Unscannable for its reason, and for <see cref="UnscannableReason.AmbiguousArchive"/> besides: a policy has to let both pass.
    /// </summary>
    public bool IsAlsoAmbiguous { get; init; }

    /// <summary>Whether a newer signature database might say otherwise, so that the content must be scanned again.</summary>
    /// <param name="database">The version that the scanner reports now; null when it reports none.</param>
    /// <remarks>
    /// Infected stays infected. Where one version is known and the other is not, nothing shows that the record is as new
    /// as the scanner, so it is stale. Where neither is known, the databases carry no version at all (a site's own
    /// signatures alone): no version could ever tell, and the record's time to live is the bound.
    /// </remarks>
    public bool IsOlderThan(int? database) => Verdict switch
    {
        Verdict.Infected => false,
        Verdict.None => true,
        Verdict.Clean or Verdict.Unscannable => (Database, database) switch
        {
            (null, null) => false,
            ({ } then, { } now) => then < now,
            (null, not null) or (not null, null) => true,
        },
    };
}
