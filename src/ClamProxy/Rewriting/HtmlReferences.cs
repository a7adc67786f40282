using System.Globalization;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>The character references by which HTML and XML can spell the characters of a URL.</summary>
internal static class HtmlReferences
{
    // Of the thousands of names in HTML these are the ones of ASCII, which URLs are made of.
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["amp"] = "&", ["AMP"] = "&", ["lt"] = "<", ["gt"] = ">", ["quot"] = "\"", ["apos"] = "'", ["sol"] = "/", ["bsol"] = "\\", ["colon"] = ":", ["period"] = ".", ["commat"] = "@",
        ["num"] = "#", ["quest"] = "?", ["equals"] = "=", ["percnt"] = "%", ["lowbar"] = "_", ["UnderBar"] = "_", ["hyphen"] = "\u2010", ["dash"] = "\u2010", ["shy"] = "\u00AD",
        ["Tab"] = "\t", ["NewLine"] = "\n", ["nbsp"] = "\u00A0", ["fjlig"] = "fj", ["semi"] = ";", ["comma"] = ",", ["excl"] = "!", ["dollar"] = "$", ["plus"] = "+", ["ast"] = "*",
        ["lpar"] = "(", ["rpar"] = ")", ["lsqb"] = "[", ["lbrack"] = "[", ["rsqb"] = "]", ["rbrack"] = "]", ["ZeroWidthSpace"] = "\u200B", ["NoBreak"] = "\u2060",
    };

    /// <summary>The text with its references resolved; others stay as they are.</summary>
    public static string Decode(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8);
        if (!text.Contains('&', StringComparison.Ordinal))
        {
            return text;
        }

        var decoded = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var length = text[at] == '&' ? Resolve(text.AsSpan(at), decoded) : 0;
            if (length == 0)
            {
                decoded.Append(text[at]);
            }

            at += Math.Max(length, 1);
        }

        return decoded.ToString();
    }

    private static int Resolve(ReadOnlySpan<char> text, StringBuilder decoded)
    {
        if (text.Length > 2 && text[1] == '#')
        {
            return ResolveNumber(text, decoded);
        }

        var end = text[1..].IndexOfAnyExceptInRange('A', 'z') + 1;
        if (end <= 1 || text[end] != ';' || !Names.TryGetValue(text[1..end].ToString(), out var meaning))
        {
            return 0;
        }

        decoded.Append(meaning);
        return end + 1;
    }

    /// <summary>A number may do without its semicolon (WHATWG HTML §13.2.5.80).</summary>
    private static int ResolveNumber(ReadOnlySpan<char> text, StringBuilder decoded)
    {
        var isHex = text[2] is 'x' or 'X';
        var digits = text[(isHex ? 3 : 2)..];
        var length = 0;
        while (length < digits.Length && (isHex ? char.IsAsciiHexDigit(digits[length]) : char.IsAsciiDigit(digits[length])))
        {
            length++;
        }

        var style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        var isCode = int.TryParse(digits[..length].TrimStart('0'), style, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code);
        if (length == 0)
        {
            return 0;
        }

        decoded.Append(isCode ? new Rune(code).ToString() : "\uFFFD");
        return text.Length - digits.Length + length + (length < digits.Length && digits[length] == ';' ? 1 : 0);
    }
}
