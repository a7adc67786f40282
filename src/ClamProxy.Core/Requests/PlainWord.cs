using System.Globalization;
using System.Text;

namespace ClamProxy.Core.Requests;

/// <summary>
/// Texts of clients as one word of a line, so that nobody can write a field, a quote or a line of his own: what is no visible ASCII, and
/// the quote and the backslash, is percent-encoded (UTF-8), as it would be in a URL.
/// </summary>
public static class PlainWord
{
    /// <summary>Longer URLs are cut: a line has room for what finds the file again.</summary>
    private const int MostCharacters = 2000;

    /// <returns>A hyphen where there is no text.</returns>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "-";
        }

        var cut = text.Length > MostCharacters ? string.Concat(text.AsSpan(0, MostCharacters), "...") : text;
        foreach (var one in cut)
        {
            if (!IsPlain(one))
            {
                return Encoded(cut);
            }
        }

        return cut;
    }

    private static string Encoded(string text)
    {
        var word = new StringBuilder(text.Length + 16);
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            _ = IsPlain((char)one) ? word.Append((char)one) : word.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
        }

        return word.ToString();
    }

    private static bool IsPlain(char one) => one is > ' ' and <= '~' and not ('"' or '\\');
}
