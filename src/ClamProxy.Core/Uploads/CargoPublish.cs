using System.Buffers.Binary;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// Reads what <c>cargo publish</c> sends (registry web API): the length of a JSON text, that text, the length of a crate, the crate; the
/// lengths are 32 bits, little-endian.
/// </summary>
internal static class CargoPublish
{
    private const int LengthBytes = 4;

    private const int BlockBytes = 64 * 1024;

    /// <returns>Where the crate is; an empty part: the body is something else.</returns>
    /// <exception cref="UnreadableBodyException">
    /// Something stands behind the JSON and before the crate: readers that do not pass over it take another crate.
    /// </exception>
    public static async ValueTask<UploadPart> FindCrateAsync(IContentReader body, CancellationToken cancelled)
    {
        if (await LengthAtAsync(body, 0, cancelled).ConfigureAwait(false) is not { } json || json < 2)
        {
            return default;
        }

        var crateAt = LengthBytes + json + LengthBytes;
        if (await LengthAtAsync(body, LengthBytes + json, cancelled).ConfigureAwait(false) is not { } crate
            || crateAt + crate > body.Length)
        {
            return default;
        }

        await CheckJsonAsync(body, LengthBytes + json, cancelled).ConfigureAwait(false);
        return new UploadPart(crateAt, crate);
    }

    private static async ValueTask CheckJsonAsync(IContentReader body, long end, CancellationToken cancelled)
    {
        var (scan, block, found) = (new JsonScan(), new byte[BlockBytes], new List<UploadPart>());
        long offset = LengthBytes;
        while (offset < end && scan.Problem is null)
        {
            var most = (int)Math.Min(block.Length, end - offset);
            var read = await body.ReadAsync(offset, block.AsMemory(0, most), cancelled).ConfigureAwait(false);
            if (read == 0 || (offset == LengthBytes && !BeginsLikeObject(block.AsSpan(0, read))))
            {
                // Lengths that fit by chance: it is something else, of which a piece is scanned once more.
                return;
            }

            scan.Read(block.AsSpan(0, read), offset - LengthBytes, found);
            offset += read;
        }

        scan.Finish();
        if (scan.Problem is { } problem)
        {
            throw new UnreadableBodyException($"The JSON before a crate is not well-formed, or does not fill its length: {problem}.");
        }
    }

    private static bool BeginsLikeObject(ReadOnlySpan<byte> text) => text.TrimStart(" \t\r\n"u8) is [] or [(byte)'{', ..];

    private static async ValueTask<long?> LengthAtAsync(IContentReader body, long offset, CancellationToken cancelled)
    {
        var bytes = new byte[LengthBytes];
        for (var read = 0; read < LengthBytes;)
        {
            var count = await body.ReadAsync(offset + read, bytes.AsMemory(read), cancelled).ConfigureAwait(false);
            if (count == 0)
            {
                return null;
            }

            read += count;
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
