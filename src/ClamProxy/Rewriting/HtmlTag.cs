using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>The parts of one tag of HTML (WHATWG HTML §13.2.5.8 and on), from its <c>&lt;</c> to its <c>&gt;</c>.</summary>
internal static class HtmlTag
{
    /// <summary>Its name in lower case; of an end tag, with the slash.</summary>
    public static string NameOf(ReadOnlySpan<byte> tag)
    {
        var end = 1;
        while (end < tag.Length && !IsBlank(tag[end]) && tag[end] != '>' && (tag[end] != '/' || end == 1))
        {
            end++;
        }

        return Encoding.Latin1.GetString(tag[1..end]).ToLowerInvariant();
    }

    /// <summary>Where the values of <c>href</c> and <c>src</c> stand, without their quotes; nowhere in an end tag.</summary>
    public static List<(int Start, int End)> References(ReadOnlySpan<byte> tag)
    {
        var found = new List<(int, int)>();
        var at = NameOf(tag).Length + 1;
        while (at < tag.Length && tag[at] != '>' && tag[1] != '/')
        {
            at = Skip(tag, at, static one => IsBlank(one) || one == '/');
            var name = tag[at..(at = Skip(tag, at, static one => !IsBlank(one) && one is not ((byte)'/' or (byte)'>' or (byte)'=')))];
            var equals = Skip(tag, at, IsBlank);
            if (equals == tag.Length || tag[equals] != '=')
            {
                continue;
            }

            var (start, end, next) = Value(tag, Skip(tag, equals + 1, IsBlank));
            if (Ascii.EqualsIgnoreCase(name, "href"u8) || Ascii.EqualsIgnoreCase(name, "src"u8))
            {
                found.Add((start, end));
            }

            at = next;
        }

        return found;
    }

    /// <summary>A value's text without the characters that would end it.</summary>
    public static string Encode(string value) => new StringBuilder(value)
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

        var bare = Skip(tag, at, static one => !IsBlank(one) && one != '>');
        return (at, bare, bare);
    }

    private static int Skip(ReadOnlySpan<byte> tag, int at, Func<byte, bool> isPart)
    {
        while (at < tag.Length && isPart(tag[at]))
        {
            at++;
        }

        return at;
    }
}
