namespace ClamProxy.Core.Deliveries;

/// <summary>
/// Who tells of late detections outside of this process: told before and after one is taken on, so that a crash between the two loses none.
/// It does not throw because of a store of its own.
/// </summary>
/// <param name="BeginAsync">
/// Those who took this content, and last did so later than this (milliseconds since 1970), may have to be told of.
/// </param>
/// <param name="EndAsync">The same, and whether this process tells of them: else another one does, or nobody took it.</param>
internal sealed record DetectionListener(
    Func<string, long, CancellationToken, Task> BeginAsync, Func<string, long, bool, CancellationToken, Task> EndAsync);
