using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace ClamProxy.Doors.Http.Pipelining;

/// <summary>Reads what waits on a connection behind the request that is being answered, and leaves all of it there.</summary>
internal static class WaitingHeads
{
    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <summary>Whether anything has arrived.</summary>
    public static bool HasAny(PipeReader input) => Look(input, static (bytes, _) => !bytes.IsEmpty, 0);

    /// <summary>The first heads that are here completely, up to the first that is none; each with what it is known by.</summary>
    /// <param name="input">What the server reads its requests from, which it does not while it answers one without a body.</param>
    /// <param name="most">How many at most.</param>
    public static IReadOnlyList<(WaitingHead Head, int Key)> Peek(PipeReader input, int most) => Look(input, Read, most) ?? [];

    /// <summary>The same of bytes.</summary>
    public static IReadOnlyList<(WaitingHead Head, int Key)> Read(ReadOnlySequence<byte> bytes, int most)
    {
        List<(WaitingHead, int)> heads = [];
        // However much a client sends ahead, what is searched is bounded.
        var reader = new SequenceReader<byte>(bytes.Slice(0, Math.Min(bytes.Length, (long)most * WaitingHead.MostBytes)));
        while (heads.Count < most && reader.TryReadTo(out ReadOnlySequence<byte> one, HeadEnd))
        {
            if (one.Length > WaitingHead.MostBytes)
            {
                break;
            }

            var head = one.IsSingleSegment ? one.FirstSpan : one.ToArray();
            if (WaitingHead.Of(head) is not { } waiting)
            {
                break;
            }

            var key = default(HashCode);
            key.AddBytes(head);
            heads.Add((waiting, key.ToHashCode()));
        }

        return heads;
    }

    private static T? Look<T>(PipeReader input, Func<ReadOnlySequence<byte>, int, T> look, int most)
    {
        if (!TryRead(input, out var read))
        {
            return default;
        }

        try
        {
            return look(read.Buffer, most);
        }
        finally
        {
            input.AdvanceTo(read.Buffer.Start);
            if (read.IsCanceled)
            {
                // That was meant for the server's own read.
                input.CancelPendingRead();
            }
        }
    }

    private static bool TryRead(PipeReader input, out ReadResult read)
    {
        try
        {
            return input.TryRead(out read);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException)
        {
            // The connection is broken, which the server's own read will say.
            read = default;
            return false;
        }
    }
}
