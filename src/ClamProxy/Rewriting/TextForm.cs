using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>As what clients may read an answer, by its first bytes and by what it is called.</summary>
/// <param name="IsJson">It begins as JSON, and clients that expect JSON do not ask what it is called.</param>
/// <param name="IsPage">It begins as HTML or XML, or is called so: pip reads a page by its media type.</param>
/// <param name="HasWords">It is, or may be, a text in which links stand as words: everything but JSON and HTML.</param>
/// <param name="IsMetalink">It is called a metalink, or begins as one.</param>
/// <param name="IsBinary">It neither begins as a text nor is called one.</param>
internal sealed record TextForm(bool IsJson, bool IsPage, bool HasWords, bool IsMetalink, bool IsBinary)
{
    /// <summary>The most bytes of a text's beginning that decide.</summary>
    public const int FirstBytes = 4 << 10;

    private static readonly SearchValues<byte> NotOfTexts = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31, 0x7f]);

    /// <param name="first">The first <see cref="FirstBytes"/> of the decoded content, or all of it.</param>
    /// <param name="contentTypes">The answer's Content-Type fields.</param>
    /// <param name="isNamedMetalink">Its path or type says that it is one.</param>
    public static TextForm Of(ReadOnlySpan<byte> first, IReadOnlyCollection<string> contentTypes, bool isNamedMetalink)
    {
        var text = WithoutMarks(first);
        if (text.Length == 0 && first.Length >= FirstBytes && first.ContainsAnyExcept((byte)0))
        {
            // Blanks alone: what follows may be anything.
            return new(IsJson: true, IsPage: true, HasWords: true, isNamedMetalink, IsBinary: false);
        }

        var beginning = text.Length == 0 ? (byte)0 : text[0];
        var isJson = beginning is (byte)'{' or (byte)'[' or (byte)'"';
        var isHtml = contentTypes.Any(TextTypes.IsHtml)
            || (beginning == '<' && !text.StartsWith("<?xml"u8) && !contentTypes.Any(TextTypes.IsPage));
        var isPage = beginning == '<' || (!isJson && contentTypes.Count == 0) || contentTypes.Any(TextTypes.IsPage);
        var isText = isJson || isPage || TextTypes.HasOne(contentTypes) || (text.Length > 0 && !text.ContainsAny(NotOfTexts));
        return new(
            isJson,
            isPage,
            !isHtml,
            isNamedMetalink || (beginning == '<' && text.IndexOf("<metalink"u8) >= 0),
            !isText && !isNamedMetalink);
    }

    /// <summary>A text without the byte order mark, the blanks in front, and the zeros of characters of 16 or 32 bits.</summary>
    private static ReadOnlySpan<byte> WithoutMarks(ReadOnlySpan<byte> first)
    {
        var text = first.TrimStart(
            (ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n', (byte)'\f']);
        // ASCII in 16 or 32 bits has a zero in every second byte at least, anything else has other controls too.
        return text.Length > 3 && (text[1] == 0 || text[3] == 0) && text[0] is >= (byte)' ' and < 0x7f
            ? text.ToArray().Where(one => one != 0).ToArray()
            : text;
    }
}
