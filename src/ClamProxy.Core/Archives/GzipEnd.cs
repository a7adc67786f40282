using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Codings;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives;

/// <summary>Finds gzips behind a gzip that .NET and clamd do not unpack, and others do: behind zeros (Python), or of the old kind (GNU).</summary>
internal static class GzipEnd
{
    private const int BufferLength = 64 * 1024;

    /// <summary>Whether something begins as a gzip of the old kind, which GNU gzip unpacks as any other.</summary>
    public static bool IsOld(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x9e, 0x08]);

    /// <param name="from">Where the last piece begins that was unpacked.</param>
    /// <exception cref="ArchiveTroubleException">One lies there.</exception>
    public static async Task RefuseMoreAsync(IContentReader content, long from, CancellationToken cancellationToken)
    {
        if (await HoldsHeadAsync(content, from, cancellationToken) && !await IsWholeAsync(content, cancellationToken))
        {
            throw new ArchiveTroubleException(ArchiveTrouble.Contradictory, "It is a gzip that scanner and client may read differently: another one lies behind its end.");
        }
    }

    private static async Task<bool> HoldsHeadAsync(IContentReader content, long from, CancellationToken cancellationToken)
    {
        const int Overlap = 2;
        var buffer = new byte[(int)Math.Clamp(content.Length - from, Overlap + 1, BufferLength)];
        for (var at = from; at < content.Length; at += buffer.Length - Overlap)
        {
            var filled = await content.FillAsync(at, buffer, cancellationToken);
            var bytes = buffer.AsSpan(0, filled);
            if (bytes.IndexOf((ReadOnlySpan<byte>)[0x1f, 0x8b, 0x08]) >= 0 || bytes.IndexOf((ReadOnlySpan<byte>)[0x1f, 0x9e, 0x08]) >= 0) return true;
        }

        return false;
    }

    /// <summary>Whether it ends where its last member does, so that those bytes were packed ones.</summary>
    private static async Task<bool> IsWholeAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferLength];
        await using var unpacked = new GzipDecoder(new ContentStream(content));
        try
        {
            while (await unpacked.ReadAsync(buffer, cancellationToken) > 0)
            {
            }

            return true;
        }
        catch (ContentCodingException)
        {
            return false;
        }
    }
}
