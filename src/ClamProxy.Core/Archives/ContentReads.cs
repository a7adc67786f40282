using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives;

/// <summary>Reads that do not stop half-way.</summary>
internal static class ContentReads
{
    /// <summary>Fills as much as there is.</summary>
    /// <returns>How much: less than asked for only at the content's end.</returns>
    public static async ValueTask<int> FillAsync(this IContentReader content, long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var filled = 0;
        if (offset < 0) return 0;
        while (filled < into.Length)
        {
            var read = await content.ReadAsync(offset + filled, into[filled..], cancellationToken);
            if (read == 0) break;
            filled += read;
        }

        return filled;
    }
}
