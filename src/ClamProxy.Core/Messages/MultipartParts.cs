using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Messages;

/// <summary>
/// Finds the parts of a body (RFC 2046 §5.1, RFC 7578): what is between two delimiters, behind the empty line that ends a part's head. A
/// delimiter is taken wherever a line begins with it, with CRLF or a bare LF before it: where receivers differ, the shorter part is looked
/// at, and the whole body is scanned besides.
/// </summary>
internal static class MultipartParts
{
    private static readonly byte[] LineEnds = "\n"u8.ToArray();

    /// <summary>Where the contents of all parts are, in their order; empty ones are left out.</summary>
    public static async IAsyncEnumerable<(long Start, long Length)> FindAsync(
        IContentReader content, string boundary, [EnumeratorCancellation] CancellationToken cancelled)
    {
        var delimiter = Encoding.Latin1.GetBytes("--" + boundary);
        long? start = null;
        await foreach (var at in DelimiterSearch.FindAsync(content, delimiter, LineEnds, cancelled).ConfigureAwait(false))
        {
            if (start is { } begin && await PartAsync(content, begin, at, cancelled).ConfigureAwait(false) is { Length: > 0 } part)
            {
                yield return part;
            }

            start = at + delimiter.Length;
        }

        // The closing delimiter may be missing: some receivers take what is there.
        if (start is { } last && await PartAsync(content, last, content.Length, cancelled).ConfigureAwait(false) is { Length: > 0 } rest)
        {
            yield return rest;
        }
    }

    /// <summary>The content of a part behind its head; the line break before the next delimiter is not of it.</summary>
    private static async ValueTask<(long Start, long Length)> PartAsync(
        IContentReader content, long start, long end, CancellationToken cancelled)
    {
        const int LongestHead = 64 * 1024;
        var buffer = ArrayPool<byte>.Shared.Rent(LongestHead);
        try
        {
            var most = (int)Math.Min(LongestHead, end - start);
            var read = await DelimiterSearch.FillAsync(content, start, buffer.AsMemory(0, most), cancelled).ConfigureAwait(false);
            var isLast = end == content.Length;
            if (isLast && buffer.AsSpan(0, read).StartsWith("--"u8))
            {
                // That was the closing delimiter: what follows is of no part.
                return default;
            }

            var body = start + HeadLength(buffer.AsSpan(0, read));
            if (isLast)
            {
                return (body, end - body);
            }

            var tail = buffer.AsMemory(0, (int)Math.Min(2, end - body));
            await DelimiterSearch.FillAsync(content, end - tail.Length, tail, cancelled).ConfigureAwait(false);
            var lineBreak = tail.Span.EndsWith("\r\n"u8) ? 2 : tail.Span.EndsWith("\n"u8) ? 1 : 0;
            return (body, end - body - lineBreak);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The rest of the delimiter's line and the fields; a part without an end of its head is looked at as a whole.</summary>
    private static int HeadLength(ReadOnlySpan<byte> head)
    {
        var (strict, lenient) = (head.IndexOf("\r\n\r\n"u8), head.IndexOf("\n\n"u8));
        return strict < 0 && lenient < 0 ? 0
            : strict < 0 || (lenient >= 0 && lenient < strict) ? lenient + 2
            : strict + 4;
    }
}
