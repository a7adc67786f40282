namespace ClamProxy.Admin.Rules;

/// <summary>A block that is to be added. Exactly one of the first three is set.</summary>
/// <param name="Sha256">One content: 64 hexadecimal digits.</param>
/// <param name="Target">The beginning of upstream URLs; * stands for any text.</param>
/// <param name="Package">A package's name.</param>
/// <param name="Version">One version of it; null: all.</param>
/// <param name="Reason">Why, for whoever is refused.</param>
/// <param name="Until">When it ends, as an exception has it; null: it has no end.</param>
internal sealed record BlockBody(
    string? Sha256 = null, string? Target = null, string? Package = null, string? Version = null, string? Reason = null,
    string? Until = null);
