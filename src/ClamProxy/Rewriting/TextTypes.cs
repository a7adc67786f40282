using System.Collections.Frozen;

namespace ClamProxy.Rewriting;

/// <summary>The media types of texts that clients look for links in.</summary>
internal static class TextTypes
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "text/html", "text/plain", "text/xml", "application/json", "application/xml");

    private static readonly string[] Endings = ["+json", "+xml", "+html"];

    private static readonly string[] Wide = ["utf-16", "utf16", "utf-32", "utf32", "utf-7", "utf7", "ucs", "unicode", "iso-10646", "csunicode", "csucs"];

    /// <summary>Whether any of an answer's Content-Type fields names a text: who reads it may go by any of them.</summary>
    public static bool HasOne(IEnumerable<string> contentTypes) =>
        contentTypes.SelectMany(value => value.Split(',')).Select(value => value.Split(';')[0].Trim()).Any(IsText);

    /// <summary>Whether a field names a character code whose bytes are not those of ASCII.</summary>
    public static bool HasWideCharset(IEnumerable<string> contentTypes) =>
        contentTypes.SelectMany(value => value.Split(';', ',')).Select(part => part.Trim())
            .Where(part => part.StartsWith("charset", StringComparison.OrdinalIgnoreCase))
            .Select(part => part["charset".Length..].Trim(' ', '\t', '=', '"', '\''))
            .Any(charset => Array.Exists(Wide, code => charset.StartsWith(code, StringComparison.OrdinalIgnoreCase)));

    private static bool IsText(string type) =>
        Known.Contains(type) || Array.Exists(Endings, ending => type.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
