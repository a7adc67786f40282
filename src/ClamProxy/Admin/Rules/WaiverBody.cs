namespace ClamProxy.Admin.Rules;

/// <summary>An exception that is to be added. Exactly one of the first three is set.</summary>
/// <param name="Sha256">One content: 64 hexadecimal digits.</param>
/// <param name="Signature">One signature's name, whole and in the scanner's spelling.</param>
/// <param name="Target">The beginning of upstream URLs, with a path.</param>
/// <param name="Reason">Why.</param>
/// <param name="Until">When it ends: a time such as 2027-01-31T00:00:00Z, or how long it lasts, such as 1d or 12h.</param>
/// <param name="Owner">Who is responsible; null: the credential's name.</param>
internal sealed record WaiverBody(
    string? Sha256 = null, string? Signature = null, string? Target = null, string? Reason = null, string? Until = null,
    string? Owner = null);
