using System.IO.Pipelines;

namespace ClamProxy.Doors.ExtProc;

/// <summary>A body on its way from Envoy's messages into the spool. What is between the two is bounded: whoever feeds it waits.</summary>
internal sealed class BodyFeed
{
    /// <summary>What one write hands over: Envoy's own pieces are as large, and a body in one message is cut.</summary>
    private const int PieceBytes = 64 << 10;

    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: PieceBytes, resumeWriterThreshold: PieceBytes / 2, useSynchronizationContext: false));

    /// <summary>The body; whoever disposes of it takes no more.</summary>
    public Stream Body => _pipe.Reader.AsStream();

    /// <summary>Hands bytes over; those that nobody takes any more are dropped.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancelled)
    {
        for (var left = bytes; !left.IsEmpty;)
        {
            var piece = left[..Math.Min(PieceBytes, left.Length)];
            if ((await _pipe.Writer.WriteAsync(piece, cancelled)).IsCompleted)
            {
                return;
            }

            left = left[piece.Length..];
        }
    }

    /// <summary>The body is whole.</summary>
    public void End() => _pipe.Writer.Complete();

    /// <summary>It is not, and will not be.</summary>
    public void Break(string why) => _pipe.Writer.Complete(new IOException(why));
}
