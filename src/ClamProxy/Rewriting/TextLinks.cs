using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>
/// Finds the URLs in a text of no known format (YAML, scripts, lists, XML, broken JSON) as it passes through, whatever stands around them.
/// </summary>
/// <param name="findings">Takes them.</param>
/// <param name="isMetalink">A metalink (RFC 5854): each URL that is no attribute's is a place that clients fetch from.</param>
internal sealed class TextLinks(LinkFindings findings, bool isMetalink)
{
    private static readonly SearchValues<byte> Escapes = SearchValues.Create("\\&"u8);
    private static readonly SearchValues<byte> Delimiters = SearchValues.Create(" \t\r\n\f\0\"'<>`(){}|^,"u8);

    private readonly SearchWindow _window = new();

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[_window.Append(bytes)..];
            if (_window.IsFull)
            {
                Search(isEnd: false);
            }
        }
    }

    public void Finish() => Search(isEnd: true);

    /// <summary>
    /// Searches up to the last gap between words, so that no word is cut; words as long as that are searched in parts that overlap.
    /// </summary>
    private void Search(bool isEnd)
    {
        var text = _window.Text;
        var from = _window.At;
        var gap = isEnd ? text.Length : text.LastIndexOfAny(Delimiters);
        var until = gap > text.Length - SearchWindow.Ahead ? gap : text.Length;
        Search(Plain(text[from..until]));
        _window.MoveTo(until == text.Length && !isEnd ? text.Length - SearchWindow.Ahead : until);
    }

    private void Search(ReadOnlySpan<byte> text)
    {
        for (var at = 0; text[at..].IndexOf("//"u8) is var step and >= 0;)
        {
            at += step;
            var begin = BeginningOf(text, at);
            var length = text[at..].IndexOfAny(Delimiters);
            var end = length < 0 ? text.Length : at + length;
            var place = PlaceBehind(begin <= 0 ? (byte)0 : text[begin - 1]);
            if (begin >= 0 && !findings.TryTakeOwn(text[begin..end], place))
            {
                findings.Add(Encoding.UTF8.GetString(text[begin..end]).TrimEnd('.', ';', ':', '!', '?', ']', '*'), place);
            }

            at = Math.Max(end, at + 2);
        }
    }

    private LinkPlace PlaceBehind(byte previous) =>
        isMetalink && previous is not ((byte)'"' or (byte)'\'') ? LinkPlace.File : LinkPlace.Word;

    /// <summary>Where the URL begins whose slashes are here: at its scheme, or at them; negative: nowhere.</summary>
    private static int BeginningOf(ReadOnlySpan<byte> text, int slashes)
    {
        if (slashes == 0 || text[slashes - 1] != ':')
        {
            return UrlText.MayBeginAfter(slashes == 0 ? -1 : text[slashes - 1]) ? slashes : -1;
        }

        var begin = slashes - 1;
        while (begin > 0 && UrlText.OfSchemes.Contains((char)text[begin - 1]))
        {
            begin--;
        }

        while (begin < slashes - 1 && !char.IsAsciiLetter((char)text[begin]))
        {
            begin++;
        }

        return begin < slashes - 1 ? begin : slashes;
    }

    /// <summary>The text without JSON's escapes and HTML's references, where it has any.</summary>
    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAny(Escapes))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        var rest = HtmlReferences.Decode(text).AsSpan();
        while (rest.IndexOf('\\') is var at and >= 0)
        {
            plain.Append(rest[..at]);
            rest = rest[(at + Unescape(rest[at..], plain))..];
        }

        return Encoding.UTF8.GetBytes(plain.Append(rest).ToString());
    }

    /// <returns>How long the escape is.</returns>
    private static int Unescape(ReadOnlySpan<char> text, StringBuilder plain)
    {
        var digits = text.Length > 1 ? text[1] switch { 'u' => 4, 'x' => 2, _ => 0 } : 0;
        if (digits > 0
            && text.Length >= 2 + digits
            && ushort.TryParse(text.Slice(2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            plain.Append((char)code);
            return 2 + digits;
        }

        if (text.Length > 1 && text[1] == '/')
        {
            plain.Append('/');
            return 2;
        }

        plain.Append('\\');
        return 1;
    }
}
