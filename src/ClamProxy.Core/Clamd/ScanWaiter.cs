namespace ClamProxy.Core.Clamd;

/// <summary>One content that waits for its turn to be scanned.</summary>
internal sealed class ScanWaiter(ScanSource source, bool isLarge, IReadOnlyCollection<ClamdHost> tried)
{
    public string Client { get; } = source.Client ?? "";

    public bool IsBackground => source.IsBackground;

    public bool IsLarge => isLarge;

    /// <summary>The scanners that failed it.</summary>
    public IReadOnlyCollection<ClamdHost> Tried => tried;

    public TaskCompletionSource<ScanTurn> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The turn's copy, readable under the lock; null while it waits.</summary>
    public ScanTurn? Given { get; private set; }

    /// <summary>Where it stands in its queue, so that it leaves without a search.</summary>
    public LinkedListNode<ScanWaiter>? Node { get; set; }

    /// <summary>Where it stands among its client's small ones.</summary>
    public LinkedListNode<ScanWaiter>? SmallNode { get; set; }

    public void Give(ScanTurn turn)
    {
        Given = turn;
        Turn.SetResult(turn);
    }
}
