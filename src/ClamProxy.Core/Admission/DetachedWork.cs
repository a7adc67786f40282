namespace ClamProxy.Core.Admission;

/// <summary>
/// Starts work that several wait for, and that outlives whoever started it: without that one's ambient state (activity, logging scope).
/// What the work itself sets stays with it, also behind an await; under <see cref="ExecutionContext.SuppressFlow"/> it would not.
/// </summary>
internal static class DetachedWork
{
    private static readonly ExecutionContext Empty = CaptureEmpty();

    /// <summary>To be called when the process starts: it takes a thread, which a process without descriptors cannot begin.</summary>
    public static void Prepare() => ArgumentNullException.ThrowIfNull(Empty);

    /// <summary>Runs the work up to its first await in the calling thread.</summary>
    public static void Start(Func<Task> work) => ExecutionContext.Run(Empty, static work => _ = ((Func<Task>)work!)(), work);

    private static ExecutionContext CaptureEmpty()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture()) { IsBackground = true, Name = "empty context" };
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }
}
