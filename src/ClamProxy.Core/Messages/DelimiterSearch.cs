using System.Runtime.CompilerServices;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Messages;

/// <summary>Finds the places of a body where a line begins with a delimiter of multipart (RFC 2046 §5.1.1).</summary>
internal static class DelimiterSearch
{
    private const int BlockBytes = 64 * 1024;

    /// <param name="delimiter">The boundary behind its two hyphens.</param>
    /// <param name="lineEnds">The bytes behind which some reader begins a line.</param>
    public static async IAsyncEnumerable<long> FindAsync(
        IContentReader content, byte[] delimiter, byte[] lineEnds, [EnumeratorCancellation] CancellationToken cancelled)
    {
        var buffer = new byte[BlockBytes + delimiter.Length + 1];
        long offset = 0;
        while (offset < content.Length)
        {
            var read = await FillAsync(content, offset, buffer, cancelled).ConfigureAwait(false);
            foreach (var at in Places(buffer.AsSpan(0, read), delimiter, lineEnds, isFirst: offset == 0))
            {
                yield return offset + at;
            }

            // The next block begins before what could be a delimiter that this one cuts.
            offset += read < buffer.Length ? read : read - delimiter.Length;
        }
    }

    /// <summary>Reads until the buffer is full or the content ends.</summary>
    public static async ValueTask<int> FillAsync(IContentReader content, long offset, Memory<byte> into, CancellationToken cancelled)
    {
        var read = 0;
        while (read < into.Length)
        {
            var count = await content.ReadAsync(offset + read, into[read..], cancelled).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            read += count;
        }

        return read;
    }

    private static List<int> Places(ReadOnlySpan<byte> block, byte[] delimiter, byte[] lineEnds, bool isFirst)
    {
        var places = new List<int>();
        var from = 0;
        while (block[from..].IndexOf(delimiter) is var found and >= 0)
        {
            var at = from + found;
            if (at == 0 ? isFirst : lineEnds.AsSpan().Contains(block[at - 1]))
            {
                places.Add(at);
            }

            from = at + 1;
        }

        return places;
    }
}
