using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>Reads that do not stop half-way.</summary>
internal static class ContentReads
{
    /// <summary>Fills as much as there is.</summary>
    /// <returns>How much: less than asked for only at the content's end.</returns>
    public static async ValueTask<int> FillAsync(
        this IContentReader content, long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var filled = 0;
        if (offset < 0)
        {
            return 0;
        }

        while (filled < into.Length)
        {
            var read = await content.ReadAsync(offset + filled, into[filled..], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }

    /// <returns>Where the zeros begin that end there.</returns>
    public static async ValueTask<long> WithoutZerosAsync(this IContentReader content, long endsAt, CancellationToken cancellationToken)
    {
        const int BufferLength = 64 * 1024;
        var buffer = new byte[(int)Math.Min(BufferLength, endsAt)];
        while (endsAt > 0)
        {
            var length = (int)Math.Min(buffer.Length, endsAt);
            await content.FillAsync(endsAt - length, buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            var zeros = length - 1 - buffer.AsSpan(0, length).LastIndexOfAnyExcept((byte)0);
            endsAt -= zeros;
            if (zeros < length)
            {
                break;
            }
        }

        return endsAt;
    }
}
