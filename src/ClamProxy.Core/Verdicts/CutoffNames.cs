using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Core.Verdicts;

/// <summary>The names that cut-offs have in Redis and in the file: a kind, and for most kinds a SHA-256.</summary>
internal static class CutoffNames
{
    public const string Rescan = "rescan";
    public const string Forget = "forget";

    private const string PrefixKind = "prefix:";
    private const int HexDigits = 64;

    private static readonly string[] Kinds = ["url:", PrefixKind, "content:", .. Enum.GetValues<SignatureMark>().Select(Prefix)];

    /// <summary>One URL's: it holds no text of the URL, which may hold a credential.</summary>
    public static string OfUrl(string target) => "url:" + UrlKey.For(target, []).Text[^HexDigits..];

    /// <summary>The name of all URLs that begin so.</summary>
    /// <param name="prefix">Ends with a slash behind the host or behind a part of the path.</param>
    public static string OfPrefix(string prefix) => PrefixKind + UrlKey.For(prefix, []).Text[^HexDigits..];

    public static bool IsOfPrefix(string name) => name.StartsWith(PrefixKind, StringComparison.Ordinal);

    public static string OfContent(string sha256) => "content:" + sha256;

    public static string OfMark(SignatureMark mark, string text) =>
        Prefix(mark) + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static bool IsOf(SignatureMark mark, string name) => name.StartsWith(Prefix(mark), StringComparison.Ordinal);

    public static bool IsValid(string name) =>
        name is Rescan or Forget
        || Kinds.Any(kind => name.StartsWith(kind, StringComparison.Ordinal) && Sha256Text.IsValid(name[kind.Length..]));

    private static string Prefix(SignatureMark mark) => mark switch
    {
        SignatureMark.Revision => "revision:",
        SignatureMark.Folder => "folder:",
    };
}
