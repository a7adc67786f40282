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

    /// <returns>Where the crate is; an empty part: the body is something else.</returns>
    public static async ValueTask<UploadPart> FindCrateAsync(IContentReader body, CancellationToken cancelled)
    {
        if (await LengthAtAsync(body, 0, cancelled).ConfigureAwait(false) is not { } json || json < 2)
        {
            return default;
        }

        var first = new byte[1];
        _ = await body.ReadAsync(LengthBytes, first, cancelled).ConfigureAwait(false);
        var crateAt = LengthBytes + json + LengthBytes;
        return first[0] == '{'
            && await LengthAtAsync(body, LengthBytes + json, cancelled).ConfigureAwait(false) is { } crate
            && crateAt + crate <= body.Length
                ? new UploadPart(crateAt, crate)
                : default;
    }

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
