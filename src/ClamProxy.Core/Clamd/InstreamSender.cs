using System.Buffers;
using System.Buffers.Binary;

namespace ClamProxy.Core.Clamd;

/// <summary>Sends a content by INSTREAM: the command, then chunks of a 4-byte big-endian length and that many bytes, then a length of
/// zero. A small content leaves in one piece.</summary>
internal static class InstreamSender
{
    private const int PrefixLength = sizeof(int);

    private static ReadOnlySpan<byte> Command => "zINSTREAM\0"u8;

    /// <exception cref="ScanSourceException">The stream is not as long as announced. The closing zero is then never sent: clamd scans
    /// nothing.</exception>
    /// <exception cref="ClamdException">The connection broke or stalled.</exception>
    public static async Task SendAsync(
        ClamdConnection connection, Stream content, long length, int chunkSize, TimeSpan stall, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Command.Length + PrefixLength + chunkSize + PrefixLength);
        try
        {
            Command.CopyTo(buffer);
            var used = Command.Length;
            var total = 0L;
            int read;
            do
            {
                var chunk = buffer.AsMemory(used + PrefixLength, chunkSize);
                read = await content.ReadAtLeastAsync(chunk, chunkSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                total += read;
                Check(total, length, isEnd: read < chunkSize);
                used = Frame(buffer, used, read, isEnd: read < chunkSize);
                await connection.SendAsync(buffer.AsMemory(0, used), stall, cancellationToken).ConfigureAwait(false);
                used = 0;
            }
            while (read == chunkSize);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Frame(byte[] buffer, int at, int read, bool isEnd)
    {
        if (read > 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(at), read);
            at += PrefixLength + read;
        }

        if (!isEnd)
        {
            return at;
        }

        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(at), 0);
        return at + PrefixLength;
    }

    private static void Check(long total, long length, bool isEnd)
    {
        if (length < 0 || (total <= length && (!isEnd || total == length)))
        {
            return;
        }

        throw new ScanSourceException($"The content to be scanned is {(isEnd ? "" : "over ")}{total} bytes long, not {length}.");
    }
}
