using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Store;

/// <summary>
/// What lies where. All names are hashes: neither an URL nor a credential can be read from them.
/// <code>
///   v1/contents/ab/{sha256}        the bytes; their access time says when they were last asked for
///   v1/verdicts/ab/{sha256}        the clean verdict they were stored with
///   v1/urls/ab/{url key}           upstream's head and the content's hash
///   v1/dropped/ab/{sha256}         when the content turned out infected: an older clean verdict does not bring it back
///   v1/temp/{random}               what is being written, locked by its writer
///   v1/cutoffs                     from when on all of it counts, written by the verdicts
///   v1/lock, v1/scrub              locked by the one process that tidies up, or scrubs
/// </code>
/// </summary>
internal sealed class StoreFolders(string root)
{
    private const int HexDigits = 64;

    public string Contents { get; } = Path.Combine(root, "v1", "contents");

    public string Verdicts { get; } = Path.Combine(root, "v1", "verdicts");

    public string Urls { get; } = Path.Combine(root, "v1", "urls");

    public string Dropped { get; } = Path.Combine(root, "v1", "dropped");

    public string Temp { get; } = Path.Combine(root, "v1", "temp");

    public string TidyLock { get; } = Path.Combine(root, "v1", "lock");

    public string ScrubLock { get; } = Path.Combine(root, "v1", "scrub");

    /// <summary>All of them, outer ones first.</summary>
    public IEnumerable<string> All => [Path.Combine(root, "v1"), Contents, Verdicts, Urls, Dropped, Temp];

    /// <summary>The path inside one of the folders.</summary>
    public static string Location(string hex) => $"{hex.AsSpan(0, 2)}/{hex}";

    /// <summary>An URL key's 64 digits.</summary>
    public static string Digits(UrlKey key) => key.Text[^HexDigits..];

    public string Content(string sha256) => In(Contents, sha256);

    public string Verdict(string sha256) => In(Verdicts, sha256);

    public string Url(string digits) => In(Urls, digits);

    public string Drop(string sha256) => In(Dropped, sha256);

    private static string In(string folder, string hex) => Path.Join(folder, hex.AsSpan(0, 2), hex);
}
