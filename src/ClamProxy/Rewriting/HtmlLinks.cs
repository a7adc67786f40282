using System.Buffers;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>
/// Finds the references in the attributes of HTML and XML as they pass through. It takes every <c>href=</c>, <c>src=</c> and <c>url=</c>
/// for one, wherever it stands, also within another value or in a comment: parsers disagree on where tags end, and whatever one of them
/// takes for an attribute is found.
/// </summary>
internal sealed class HtmlLinks(LinkFindings findings)
{
    private const int MostOfGap = 64;

    private static readonly SearchValues<byte> Beginnings = SearchValues.Create("<="u8);
    private static readonly SearchValues<byte> EndsOfBare = SearchValues.Create(" \t\r\n\f>"u8);

    private static readonly byte[][] Attributes = ["href"u8.ToArray(), "src"u8.ToArray(), "url"u8.ToArray()];

    private readonly SearchWindow _window = new();
    private int _baseUntil;
    private int _gap;
    private bool _hasEquals;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            // Blanks between a name and its value have no bound in HTML, and mean no more than one.
            if (_gap == MostOfGap && IsGap(bytes[0]))
            {
                TakeLongGap(bytes[0]);
                bytes = bytes[1..];
                continue;
            }

            var length = LengthToLongGap(bytes);
            Append(bytes[..length]);
            bytes = bytes[length..];
        }
    }

    public void Finish() => Search(isEnd: true);

    /// <summary>Of a gap that is long already only its first equals sign counts.</summary>
    private void TakeLongGap(byte one)
    {
        if (one == '=' && !_hasEquals)
        {
            _hasEquals = true;
            Append([one]);
        }
    }

    /// <summary>How many bytes there are up to where a gap is as long as gaps are kept.</summary>
    private int LengthToLongGap(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            var isGap = IsGap(bytes[at]);
            _gap = isGap ? _gap + 1 : 0;
            _hasEquals = isGap && (_hasEquals || bytes[at] == '=');
            if (_gap == MostOfGap)
            {
                return at + 1;
            }
        }

        return bytes.Length;
    }

    private void Append(ReadOnlySpan<byte> bytes)
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

    private void Search(bool isEnd)
    {
        var text = _window.Text;
        var limit = isEnd ? text.Length : text.Length - SearchWindow.Ahead;
        var at = _window.At;
        while (at < limit && text[at..limit].IndexOfAny(Beginnings) is var step and >= 0)
        {
            at += step;
            if (text[at] == '<')
            {
                TakeTag(text, at);
            }
            else if (IsReference(text[..at]))
            {
                TakeValue(text[(at + 1)..], isWhole: isEnd, isBase: at < _baseUntil);
            }

            at++;
        }

        _baseUntil -= _window.MoveTo(limit);
    }

    /// <summary>All references of a page hang on its <c>base</c>, which is called as no package is.</summary>
    private void TakeTag(ReadOnlySpan<byte> text, int at)
    {
        var tag = text[(at + 1)..Math.Min(text.Length, at + SearchWindow.Ahead)];
        if (tag.Length > 4 && Ascii.EqualsIgnoreCase(tag[..4], "base"u8) && (IsBlank(tag[4]) || tag[4] == '/'))
        {
            _baseUntil = Math.Max(_baseUntil, at + 1 + EndOfTag(tag));
        }
    }

    private static int EndOfTag(ReadOnlySpan<byte> tag)
    {
        byte quote = 0;
        var isValue = false;
        for (var at = 0; at < tag.Length; at++)
        {
            if (quote != 0)
            {
                quote = tag[at] == quote ? (byte)0 : quote;
            }
            else if (isValue && tag[at] is (byte)'"' or (byte)'\'')
            {
                quote = tag[at];
            }
            else if (tag[at] == '>')
            {
                return at;
            }

            isValue = tag[at] == '=' || (isValue && IsBlank(tag[at]));
        }

        return tag.Length;
    }

    /// <summary>Whether an attribute that holds a URL is named before an equals sign.</summary>
    private static bool IsReference(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0 && IsGap(text[^1]))
        {
            text = text[..^1];
        }

        foreach (var name in Attributes)
        {
            if (text.Length >= name.Length && Ascii.EqualsIgnoreCase(text[^name.Length..], name))
            {
                return text.Length == name.Length
                    || !(char.IsAsciiLetterOrDigit((char)text[^(name.Length + 1)])
                        || text[^(name.Length + 1)] is (byte)'-' or (byte)'_' or (byte)'.');
            }
        }

        return false;
    }

    private void TakeValue(ReadOnlySpan<byte> text, bool isWhole, bool isBase)
    {
        while (text.Length > 0 && IsGap(text[0]))
        {
            text = text[1..];
        }

        var isQuoted = text.Length > 0 && text[0] is (byte)'"' or (byte)'\'';
        var value = isQuoted ? text[1..] : text;
        var here = value[..Math.Min(value.Length, SearchWindow.Ahead - (2 * MostOfGap))];
        var end = isQuoted ? here.IndexOf(text[0]) : here.IndexOfAny(EndsOfBare);
        var isCut = end < 0 && !(isWhole && here.Length == value.Length);
        here = end < 0 ? here : here[..end];
        var place = isBase ? LinkPlace.File : LinkPlace.Reference;
        if (!isCut && !here.Contains((byte)'&') && findings.TryTakeOwn(here, place))
        {
            return;
        }

        var reference = HtmlReferences.Decode(here);
        findings.Add(reference, place);
        if (isCut && !reference.AsSpan().TrimStart().StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            findings.AddUnreadable();
        }
    }

    /// <summary>Whether a byte may stand between a name and its value; Python takes several equals signs for one.</summary>
    private static bool IsGap(byte one) => IsBlank(one) || one == '=';

    // What Python takes for blanks too.
    private static bool IsBlank(byte one) => one is (byte)' ' or (>= 9 and <= 13) or (>= 28 and <= 31);
}
