using System.Text.RegularExpressions;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Policies;

/// <summary>
/// Something is refused whatever a scanner says of it. Exactly one of the first three is set.
/// </summary>
/// <param name="Sha256">One content: 64 lower-case hexadecimal digits.</param>
/// <param name="Target">The beginning of upstream URLs; <c>*</c> stands for any text.</param>
/// <param name="Package">A package's name, as its registry writes it; Maven's as <c>group:artifact</c>.</param>
/// <param name="Version">One version of the package; null: all of them.</param>
/// <param name="Reason">Why, for whoever is refused.</param>
/// <param name="Expires">From here on it does nothing; null: it has no end.</param>
public sealed record Block(
    string? Sha256, string? Target, string? Package, string? Version, string Reason, DateTimeOffset? Expires) : IRule
{
    private readonly Lazy<Regex?> _url = new(() => Target is not null ? BlockPattern.OfTarget(Target)
        : Package is not null ? BlockPattern.OfPackage(Package, Version)
        : null);

    /// <inheritdoc/>
    public string Subject => Sha256 is not null ? $"sha256:{Sha256}"
        : Target is not null ? $"target:{Target}"
        : $"package:{Package}{(Version is null ? "" : "@" + Version)}";

    DateTimeOffset? IRule.End => Expires;

    /// <summary>What is wrong with it, or null.</summary>
    internal string? Problem() => this switch
    {
        _ when new[] { Sha256, Target, Package }.Count(text => text is not null) != 1 =>
            "needs exactly one of sha256, target and package",
        { Sha256: { } sha256 } when !Sha256Text.IsValid(sha256) => "has a sha256 that is not 64 lower-case hexadecimal digits",
        { Target: { } target } when !target.StartsWith("http", StringComparison.OrdinalIgnoreCase)
            || !target.Contains("://", StringComparison.Ordinal) =>
            "has a target that does not begin with http:// or https://, such as https://files.pythonhosted.org/packages/ab/",
        { Package: { } package } when string.IsNullOrWhiteSpace(package) => "has an empty package",
        { Version: not null, Package: null } => "has a version without a package",
        { Version: { } version } when string.IsNullOrWhiteSpace(version) => "has an empty version",
        _ when string.IsNullOrWhiteSpace(Reason) => "needs a reason: those who are refused get to see it",
        _ => null,
    };

    string? IRule.Problem() => Problem();

    /// <summary>Whether this URL is refused, whatever it leads to.</summary>
    internal bool CoversUrl(string url) => _url.Value is { } pattern && BlockPattern.Forms(url).Any(pattern.IsMatch);

    internal bool CoversContent(string sha256) => Sha256 is not null && Sha256 == sha256;
}
