namespace ClamProxy.Admin.Verdicts;

/// <summary>What is to be purged or scanned again: exactly one of these.</summary>
/// <param name="Url">One URL.</param>
/// <param name="Prefix">All URLs that begin so: up to a slash behind the host, or behind a part of the path.</param>
/// <param name="Sha256">One content: 64 hexadecimal digits.</param>
/// <param name="All">True: everything.</param>
internal sealed record SubjectBody(string? Url = null, string? Prefix = null, string? Sha256 = null, bool? All = null)
{
    public int Count => (Url is null ? 0 : 1) + (Prefix is null ? 0 : 1) + (Sha256 is null ? 0 : 1) + (All is true ? 1 : 0);
}
