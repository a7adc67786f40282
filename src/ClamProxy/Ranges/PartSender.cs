using System.Buffers;
using ClamProxy.Core.Files;
using ClamProxy.Sending;
using ClamProxy.Tracking;

namespace ClamProxy.Ranges;

/// <summary>Sends a part of a file that is here: from the page cache to the socket where nothing lies between, else as a copy.</summary>
internal sealed class PartSender(TimeProvider clock)
{
    /// <summary>
    /// One record of TLS, one frame of HTTP/2. A client that reads slowly keeps this, and as much again in Kestrel, for each of its
    /// requests.
    /// </summary>
    private const int ChunkBytes = 16 << 10;

    public async Task SendAsync(HttpContext context, IContentReader body, ByteRange part)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (body.File is not null && SocketConnections.OutputOf(context) is { } output)
        {
            using var pace = ClientPace.TakeOver(context, clock);
            await SendFromFileAsync(context, output, pace, body, part);
        }
        else
        {
            await SendCopyAsync(context, body, part);
        }
    }

    private static async Task SendFromFileAsync(
        HttpContext context, SocketOutput output, ClientPace pace, IContentReader body, ByteRange part)
    {
        var (writer, track) = (context.Response.BodyWriter, RequestTrack.Of(context));
        await context.Response.StartAsync(context.RequestAborted);
        for (var left = part; left.Length > 0;)
        {
            var length = (int)Math.Min(SocketOutput.MostOfFile, left.Length);
            if (!output.TryWriteFile(writer, body, left.Start, length))
            {
                await SendCopyAsync(context, body, left);
                return;
            }

            // Counted before: of what is cut off, a part may have arrived.
            track?.Delivered(length);

            var isOver = (await pace.WaitAsync(writer.FlushAsync(context.RequestAborted), length)).IsCompleted;
            ThrowIfBroken(output.FileFault);
            if (isOver)
            {
                return;
            }

            left = new ByteRange(left.Start + length, left.Length - length);
        }
    }

    private static async Task SendCopyAsync(HttpContext context, IContentReader body, ByteRange part)
    {
        // Written and not lent by the writer: Kestrel's least rate counts no other bytes.
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        var track = RequestTrack.Of(context);
        try
        {
            for (var left = part; left.Length > 0;)
            {
                var read = await body.ReadAsync(
                    left.Start, chunk.AsMemory(0, (int)Math.Min(ChunkBytes, left.Length)), context.RequestAborted);
                if (read == 0)
                {
                    throw new EndOfStreamException("a file is shorter than it was when it was scanned");
                }

                track?.Delivered(read);
                if ((await context.Response.BodyWriter.WriteAsync(chunk.AsMemory(0, read), context.RequestAborted)).IsCompleted)
                {
                    return;
                }

                left = new ByteRange(left.Start + read, left.Length - read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static void ThrowIfBroken(Exception? fault)
    {
        if (fault is not null)
        {
            throw new IOException(fault.Message, fault);
        }
    }
}
