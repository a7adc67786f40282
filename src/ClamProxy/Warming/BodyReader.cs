using System.Buffers;

namespace ClamProxy.Warming;

/// <summary>Reads bodies to their end without keeping more of them than is wanted.</summary>
internal static class BodyReader
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Hands a body on piece by piece.</summary>
    /// <returns>How many bytes it had.</returns>
    public static async Task<long> ReadAsync(
        HttpResponseMessage answer, Func<ReadOnlyMemory<byte>, ValueTask> piece, CancellationToken cancellationToken)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var size = 0L;
            for (int count; (count = await body.ReadAsync(buffer, cancellationToken)) > 0; size += count)
            {
                await piece(buffer.AsMemory(0, count));
            }

            return size;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>The whole body; null where it is larger than <paramref name="most"/> bytes.</returns>
    public static async Task<byte[]?> ReadAllAsync(HttpResponseMessage answer, int most, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var size = await ReadAsync(
            answer,
            piece =>
            {
                // Read on, but not kept: the answer is used up either way.
                kept.Write(piece.Span[..(int)Math.Min(piece.Length, Math.Max(0, most + 1L - kept.Length))]);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return size > most ? null : kept.ToArray();
    }
}
