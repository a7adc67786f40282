using System.Buffers;
using System.IO.Pipelines;

namespace ClamProxy.Doors.Icap.Protocol;

/// <summary>Reads heads from a connection, within bounds of size and time.</summary>
internal sealed class IcapInput(PipeReader pipe, TimeProvider clock)
{
    /// <summary>Empty lines that may come before a request (RFC 9112 §2.2).</summary>
    private const int MostEmptyBytes = 64;

    /// <summary>Reads up to the empty line that ends a head.</summary>
    /// <param name="most">The most bytes that it may have.</param>
    /// <param name="idle">The longest wait for its first byte.</param>
    /// <param name="limit">The longest wait for the rest.</param>
    /// <param name="cancelled">Ends the connection.</param>
    /// <param name="closing">Ends the wait for the first byte.</param>
    /// <returns>The head; both null where no request came.</returns>
    public async Task<(byte[]? Head, IcapFault? Fault)> ReadHeadAsync(
        int most, TimeSpan idle, TimeSpan limit, CancellationToken cancelled, CancellationToken closing)
    {
        if (!await BeginsAsync(idle, cancelled, closing))
        {
            return (null, null);
        }

        using var late = new CancellationTokenSource(limit, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancelled, late.Token);
        try
        {
            return await ReadHeadAsync(most, any.Token);
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return (null, new(408, "The request's head did not come in time (ClamProxy:Icap:HeadTimeout)."));
        }
    }

    /// <summary>Reads exactly this many bytes.</summary>
    /// <returns>Null: they did not come in time, or the connection ended before.</returns>
    public async Task<byte[]?> ReadAsync(int length, TimeSpan limit, CancellationToken cancelled)
    {
        if (length == 0)
        {
            return [];
        }

        using var late = new CancellationTokenSource(limit, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancelled, late.Token);
        try
        {
            var read = await pipe.ReadAtLeastAsync(length, any.Token);
            if (read.Buffer.Length < length)
            {
                pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                return null;
            }

            var part = read.Buffer.Slice(0, length);
            var bytes = part.ToArray();
            pipe.AdvanceTo(part.End);
            return bytes;
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Reads and forgets whatever comes, until the client closes.</summary>
    public async Task PassAllAsync(CancellationToken cancelled)
    {
        ReadResult read;
        do
        {
            read = await pipe.ReadAsync(cancelled);
            pipe.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    /// <summary>Waits for a byte.</summary>
    private async Task<bool> BeginsAsync(TimeSpan idle, CancellationToken cancelled, CancellationToken closing)
    {
        using var late = new CancellationTokenSource(idle, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancelled, closing, late.Token);
        try
        {
            var read = await pipe.ReadAsync(any.Token);
            pipe.AdvanceTo(read.Buffer.Start);
            return !read.Buffer.IsEmpty;
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<(byte[]? Head, IcapFault? Fault)> ReadHeadAsync(int most, CancellationToken cancelled)
    {
        var empty = 0;
        while (true)
        {
            var read = await pipe.ReadAsync(cancelled);
            var buffer = read.Buffer;
            while (StartsWithLineEnd(buffer) && empty < MostEmptyBytes)
            {
                buffer = buffer.Slice(2);
                empty += 2;
            }

            if (EndOf(buffer) is { } end)
            {
                var head = buffer.Slice(0, end);
                var bytes = head.Length <= most ? head.ToArray() : null;
                pipe.AdvanceTo(end);
                return (bytes, bytes is null ? TooLong(most) : null);
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (buffer.Length > most)
            {
                return (null, TooLong(most));
            }

            if (read.IsCompleted)
            {
                return (null, buffer.IsEmpty ? null : IcapFault.BadRequest("The connection ended inside the request's head."));
            }
        }
    }

    private static IcapFault TooLong(int most) =>
        IcapFault.BadRequest($"The request's head has more than {most} bytes (ClamProxy:Icap:MaxHead).");

    private static bool StartsWithLineEnd(ReadOnlySequence<byte> buffer) =>
        new SequenceReader<byte>(buffer).IsNext("\r\n"u8, advancePast: false);

    private static SequencePosition? EndOf(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        return reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8) ? reader.Position : null;
    }
}
