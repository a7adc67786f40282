using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Clamd;

/// <summary>One content that waits for its turn to be scanned.</summary>
internal sealed class ScanWaiter(ScanSource source, bool isLarge, IReadOnlyCollection<ClamdHost> tried)
{
    /// <summary>The clients that want it, each with its place in that client's line; null while it stands in none.</summary>
    public Dictionary<string, ScanPlace?> Places { get; } =
        source.WantedBy is null
            ? new(StringComparer.Ordinal) { [source.Client ?? WaitingClients.Nobody] = null }
            : new(StringComparer.Ordinal);

    public bool IsBackground => source.IsBackground;

    public bool IsLarge => isLarge;

    /// <summary>The scanners that failed it.</summary>
    public IReadOnlyCollection<ClamdHost> Tried => tried;

    public TaskCompletionSource<ScanTurn> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The turn's copy, readable under the lock; null while it waits.</summary>
    public ScanTurn? Given { get; private set; }

    /// <summary>It is in its clients' queues.</summary>
    public bool IsInLine { get; set; }

    /// <summary>Where it stands among those that have no lines, so that it leaves without a search.</summary>
    public LinkedListNode<ScanWaiter>? Node { get; set; }

    public void Give(ScanTurn turn)
    {
        Given = turn;
        Turn.SetResult(turn);
    }
}
