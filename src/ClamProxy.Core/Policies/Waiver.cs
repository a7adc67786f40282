using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Policies;

/// <summary>
/// Something is delivered in spite of its verdict, and somebody takes responsibility. Exactly one of the first three is set.
/// </summary>
/// <param name="Sha256">One content: 64 lower-case hexadecimal digits.</param>
/// <param name="Signature">One signature's name, whole and in the scanner's spelling.</param>
/// <param name="Target">The beginning of upstream URLs, up to a slash at least behind the host, or of objects in a bucket
/// (<c>s3://bucket/…</c>).</param>
/// <param name="Owner">The person responsible for it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Expires">From here on it does nothing.</param>
public sealed record Waiver(
    string? Sha256, string? Signature, string? Target, string Owner, string Reason, DateTimeOffset Expires) : IRule
{
    /// <inheritdoc/>
    public string Subject => Sha256 is not null ? $"sha256:{Sha256}"
        : Signature is not null ? $"signature:{Signature}"
        : $"target:{Target}";

    DateTimeOffset? IRule.End => Expires;

    /// <summary>What is wrong with it, or null.</summary>
    internal string? Problem() => this switch
    {
        _ when new[] { Sha256, Signature, Target }.Count(text => text is not null) != 1 =>
            "needs exactly one of sha256, signature and target",
        { Sha256: { } sha256 } when !Sha256Text.IsValid(sha256) => "has a sha256 that is not 64 lower-case hexadecimal digits",
        { Signature: { } signature } when string.IsNullOrWhiteSpace(signature) => "has an empty signature",
        { Target: { } target } when !IsTargetPrefix(target) =>
            "has a target that is not a URL with a path, such as https://files.pythonhosted.org/packages/ab/",
        _ when string.IsNullOrWhiteSpace(Owner) => "needs an owner: the person responsible for it",
        _ when string.IsNullOrWhiteSpace(Reason) => "needs a reason",
        _ when Expires == default => "needs expires: a time such as 2027-01-31T00:00:00Z",
        _ => null,
    };

    string? IRule.Problem() => Problem();

    /// <summary>Whatever is found there.</summary>
    /// <param name="source">Where the content comes from; see <see cref="ReleaseRules"/>.</param>
    internal bool CoversAll(string? source) => Target is not null && source?.StartsWith(Target, StringComparison.Ordinal) == true;

    internal bool Covers(string? source, ContentRecord verdict) =>
        (Sha256 is not null && Sha256 == verdict.Sha256)
        || (Signature is not null && Signature == verdict.Signature)
        || CoversAll(source);

    // Without the slash behind the host, https://example.org would cover https://example.org.evil.test/ too.
    private static bool IsTargetPrefix(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https" or "s3"
        && text.IndexOf('/', text.IndexOf("://", StringComparison.Ordinal) + 3) > 0
        && !text.Contains('?', StringComparison.Ordinal);
}
