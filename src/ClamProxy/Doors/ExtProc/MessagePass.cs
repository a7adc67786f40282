using System.Buffers;
using ClamProxy.Core.Spool;
using ClamProxy.Doors.ExtProc.Wire;
using Google.Protobuf.WellKnownTypes;

namespace ClamProxy.Doors.ExtProc;

/// <summary>Hands a message on that may pass: the answer that Envoy waits for, and in full duplex the body that it has not kept.</summary>
internal static class MessagePass
{
    /// <summary>Envoy's advice for a piece, and below what a gRPC client takes by default.</summary>
    public const int MostOfPiece = 64 << 10;

    /// <summary>Answers the message that ended a body that Envoy has kept.</summary>
    public static Task KeptAsync(
        AnswerWriter answers, Direction direction, bool endedByTrailers, Struct verdict, CancellationToken cancelled)
    {
        var answer = endedByTrailers ? Answers.Trailers(direction) : Answers.Body(direction);
        answer.DynamicMetadata = verdict;
        return answers.WriteAsync(answer, cancelled);
    }

    /// <summary>Answers in full duplex: headers, the whole body in pieces, trailers if there are any.</summary>
    /// <exception cref="IOException">The file is shorter than it was when it was scanned; the stream has to be broken off.</exception>
    public static async Task WholeAsync(
        AnswerWriter answers,
        Direction direction,
        ProcessingResponse headers,
        SpoolFile body,
        bool hasTrailers,
        CancellationToken cancelled)
    {
        await answers.WriteAsync(headers, cancelled);
        var buffer = ArrayPool<byte>.Shared.Rent(MostOfPiece);
        try
        {
            using var reader = body.OpenReader();
            long sent = 0;
            while (sent < reader.Length)
            {
                var read = await reader.ReadAsync(sent, buffer.AsMemory(0, MostOfPiece), cancelled);
                if (read == 0)
                {
                    throw new IOException("a spool file ended before its length");
                }

                sent += read;
                var isEnd = sent == reader.Length && !hasTrailers;
                await answers.WriteAsync(Answers.Piece(direction, buffer.AsMemory(0, read), isEnd), cancelled);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (hasTrailers)
        {
            await answers.WriteAsync(Answers.Trailers(direction), cancelled);
        }
        else if (body.Length == 0)
        {
            await answers.WriteAsync(Answers.Piece(direction, ReadOnlyMemory<byte>.Empty, isEnd: true), cancelled);
        }
    }
}
