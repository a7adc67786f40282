using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ClamProxy.Rewriting;

/// <summary>The media types of texts that clients look for links in.</summary>
internal static partial class TextTypes
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "text/html", "text/plain", "text/xml", "application/json", "application/xml");

    private static readonly string[] Endings = ["+json", "+xml", "+html"];

    /// <summary>Whether any of an answer's Content-Type fields names a text: who reads it may go by any of them.</summary>
    public static bool HasOne(IEnumerable<string> contentTypes) =>
        contentTypes.SelectMany(value => value.Split(',')).Select(value => value.Split(';')[0].Trim()).Any(IsText);

    /// <summary>Whether a Content-Type field names HTML or XML, among whatever else.</summary>
    public static bool IsPage(string contentType) => IsHtml(contentType) || contentType.Contains("xml", StringComparison.OrdinalIgnoreCase);

    public static bool IsHtml(string contentType) => contentType.Contains("html", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a field names a character code whose bytes are not those of ASCII, or one of which that is not known: pip reads a page in
    /// any code of Python's.
    /// </summary>
    public static bool HasWideCharset(IEnumerable<string> contentTypes) =>
        contentTypes.SelectMany(value => value.Split(';', ',')).Select(part => part.Trim())
            .Where(part => part.StartsWith("charset", StringComparison.OrdinalIgnoreCase))
            .Select(part => NotOfNames().Replace(part["charset".Length..], ""))
            .Any(charset => charset.Length > 0 && !LikeAscii().IsMatch(charset));

    private static bool IsText(string type) =>
        Known.Contains(type) || Array.Exists(Endings, ending => type.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("[^A-Za-z0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex NotOfNames();

    [GeneratedRegex(
        "^(?:utf8|usascii|ascii|binary|iso8859[0-9]{1,2}|latin[0-9]{1,2}|(?:windows|cp)125[0-9]|koi8[ru]"
            + "|gb2312|gbk|gb18030|big5|shiftjis|sjis|windows31j|euc(?:jp|kr|cn))$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LikeAscii();
}
