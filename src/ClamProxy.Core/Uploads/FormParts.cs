using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using ClamProxy.Core.Files;
using ClamProxy.Core.Messages;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// Finds the parts of a form that is uploaded (RFC 2046 §5.1, RFC 7578). Receivers differ in what begins a line, what ends a part's head
/// and what they decode: a form that not all of them cut into the same parts is refused.
/// </summary>
internal static class FormParts
{
    private const int LongestHead = 64 * 1024;

    private static readonly byte[] LineEnds = "\r\n"u8.ToArray();

    /// <summary>Where the contents of all parts are, in their order; empty ones are left out.</summary>
    /// <exception cref="UnreadableBodyException">It can be cut into parts in several ways.</exception>
    public static async IAsyncEnumerable<UploadPart> FindAsync(
        IContentReader body, string boundary, [EnumeratorCancellation] CancellationToken cancelled)
    {
        var delimiter = Encoding.ASCII.GetBytes("--" + boundary);
        long? start = null;
        var isClosed = false;
        await foreach (var at in DelimiterSearch.FindAsync(body, delimiter, LineEnds, cancelled).ConfigureAwait(false))
        {
            if (isClosed)
            {
                throw new UnreadableBodyException("The form goes on behind its closing boundary.");
            }

            if (at > 0 && !await IsAtAsync(body, at - 2, "\r\n"u8.ToArray(), cancelled).ConfigureAwait(false))
            {
                throw new UnreadableBodyException("A boundary of the form stands behind a line that does not end with CR LF.");
            }

            if (start is { } begin && await PartAsync(body, begin, at - 2, cancelled).ConfigureAwait(false) is { Length: > 0 } part)
            {
                yield return part;
            }

            (start, isClosed) = (at + delimiter.Length, await ClosesAsync(body, at + delimiter.Length, cancelled).ConfigureAwait(false));
        }

        if (!isClosed)
        {
            throw new UnreadableBodyException("The form does not end with its boundary and two hyphens.");
        }
    }

    /// <returns>Whether it is the closing delimiter; else a part begins.</returns>
    private static async ValueTask<bool> ClosesAsync(IContentReader body, long end, CancellationToken cancelled)
    {
        var behind = new byte[4];
        var read = await DelimiterSearch.FillAsync(body, end, behind, cancelled).ConfigureAwait(false);
        return behind.AsSpan(0, read) switch
        {
            [(byte)'\r', (byte)'\n', ..] => false,
            [(byte)'-', (byte)'-'] or [(byte)'-', (byte)'-', (byte)'\r', (byte)'\n'] => true,
            _ => throw new UnreadableBodyException("A line of the form begins with its boundary and goes on with something else."),
        };
    }

    /// <param name="start">Behind the delimiter, at its line's end.</param>
    /// <param name="end">Before the line's end that belongs to the next one.</param>
    private static async ValueTask<UploadPart> PartAsync(IContentReader body, long start, long end, CancellationToken cancelled)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestHead);
        try
        {
            var most = (int)Math.Min(LongestHead, Math.Max(0, end - start));
            var read = await DelimiterSearch.FillAsync(body, start, buffer.AsMemory(0, most), cancelled).ConfigureAwait(false);
            var length = buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
            if (length < 0)
            {
                throw new UnreadableBodyException("The head of a part does not end with an empty line.");
            }

            CheckHead(Encoding.Latin1.GetString(buffer, 0, length));
            var content = start + length + 4;
            return new UploadPart(content, end - content);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void CheckHead(string head)
    {
        var lines = head.Split("\r\n");
        if (lines.Any(line => line.AsSpan().ContainsAny('\r', '\n')))
        {
            throw new UnreadableBodyException("A line in the head of a part does not end with CR LF.");
        }

        var coding = lines.Select(line => line.Split(':', 2))
            .FirstOrDefault(field => field[0].Trim().Equals("Content-Transfer-Encoding", StringComparison.OrdinalIgnoreCase));
        if (coding is not null && coding[^1].Trim().ToUpperInvariant() is not ("7BIT" or "8BIT" or "BINARY"))
        {
            throw new UnreadableBodyException("A part has a Content-Transfer-Encoding: forms over HTTP have none (RFC 7578 §4.7).");
        }
    }

    private static async ValueTask<bool> IsAtAsync(IContentReader body, long at, byte[] text, CancellationToken cancelled)
    {
        var found = new byte[text.Length];
        return at >= 0
            && await DelimiterSearch.FillAsync(body, at, found, cancelled).ConfigureAwait(false) == text.Length
            && found.AsSpan().SequenceEqual(text);
    }
}
