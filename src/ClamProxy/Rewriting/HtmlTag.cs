using System.Buffers;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>The parts of one tag of HTML (WHATWG HTML §13.2.5.8 and on), from its <c>&lt;</c> to its <c>&gt;</c>.</summary>
internal static class HtmlTag
{
    private static readonly SearchValues<byte> EndsOfName = SearchValues.Create(" \t\n\v\f\r/>="u8);
    private static readonly SearchValues<byte> EndsOfBare = SearchValues.Create(" \t\n\v\f\r>"u8);
    private static readonly SearchValues<char> Special = SearchValues.Create("&\"'<> ");

    public static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\n\v\f\r"u8);

    /// <summary>Its name; of an end tag, with the slash.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> tag)
    {
        var end = 1;
        while (end < tag.Length && !IsBlank(tag[end]) && tag[end] != '>' && (tag[end] != '/' || end == 1))
        {
            end++;
        }

        return tag[1..end];
    }

    /// <summary>Where the values of <c>href</c> and <c>src</c> stand, without their quotes; nowhere in an end tag.</summary>
    public static List<(int Start, int End)> References(ReadOnlySpan<byte> tag)
    {
        var found = new List<(int, int)>();
        var at = NameOf(tag).Length + 1;
        while (at < tag.Length && tag[at] != '>' && tag[1] != '/')
        {
            at = SkipBlanks(tag, at, orSlashes: true);
            var length = tag[at..].IndexOfAny(EndsOfName);
            var name = length < 0 ? tag[at..] : tag.Slice(at, length);
            at += name.Length;
            var equals = SkipBlanks(tag, at);
            if (equals == tag.Length || tag[equals] != '=')
            {
                continue;
            }

            var (start, end, next) = Value(tag, SkipBlanks(tag, equals + 1));
            if (Ascii.EqualsIgnoreCase(name, "href"u8) || Ascii.EqualsIgnoreCase(name, "src"u8))
            {
                found.Add((start, end));
            }

            at = next;
        }

        return found;
    }

    /// <summary>A value's text without the characters that would end it.</summary>
    public static string Encode(string value) => !value.AsSpan().ContainsAny(Special) ? value : new StringBuilder(value)
        .Replace("&", "&amp;").Replace("\"", "&quot;").Replace("'", "&#39;").Replace("<", "&lt;").Replace(">", "&gt;").Replace(" ", "%20")
        .ToString();

    public static bool IsBlank(byte one) => one is (byte)' ' or (>= 9 and <= 13);

    private static (int Start, int End, int Next) Value(ReadOnlySpan<byte> tag, int at)
    {
        if (at < tag.Length && tag[at] is (byte)'"' or (byte)'\'')
        {
            var length = tag[(at + 1)..].IndexOf(tag[at]);
            var end = length < 0 ? tag.Length : at + 1 + length;
            return (at + 1, end, Math.Min(tag.Length, end + 1));
        }

        var ends = tag[at..].IndexOfAny(EndsOfBare);
        var bare = ends < 0 ? tag.Length : at + ends;
        return (at, bare, bare);
    }

    private static int SkipBlanks(ReadOnlySpan<byte> tag, int at, bool orSlashes = false)
    {
        while (at < tag.Length && (IsBlank(tag[at]) || (orSlashes && tag[at] == '/')))
        {
            at++;
        }

        return at;
    }
}
