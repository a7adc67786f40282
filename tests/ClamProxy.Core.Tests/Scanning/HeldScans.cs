using System.Threading.Channels;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Scanning;

/// <summary>Holds the scans of a scanner up until the test lets them go on, and counts them.</summary>
internal sealed class HeldScans
{
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<int> _began = Channel.CreateUnbounded<int>();
    private int _count;

    private HeldScans()
    {
    }

    public int Count => Volatile.Read(ref _count);

    /// <param name="clamd">The scanner.</param>
    /// <param name="reply">What it says to each; null: it hangs up without a word.</param>
    public static HeldScans Of(FakeClamd clamd, string? reply = "stream: OK\0")
    {
        var held = new HeldScans();
        clamd.OnContent = async (connection, _) =>
        {
            held._began.Writer.TryWrite(Interlocked.Increment(ref held._count));
            await held._goOn.Task;
            if (reply is not null)
            {
                await connection.ReplyAsync(reply);
            }
        };
        return held;
    }

    /// <summary>One more scan has begun.</summary>
    public Task BeganAsync() => _began.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public void LetGo() => _goOn.TrySetResult();
}
