using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Scanning;

/// <summary>One scan, shared by all who want the verdict of its content.</summary>
internal sealed class ScanFlight
{
    // Whoever waits goes on in the thread that has the verdict: waking another one costs more than what is left to do.
    private readonly TaskCompletionSource<ScanResult> _completion = new();

    /// <summary>All who want it, of all subjects that wait.</summary>
    public WaitingClients Clients { get; } = WaitingClients.OfNone();

    /// <summary>It never faults.</summary>
    public Task<ScanResult> Completion => _completion.Task;

    public void End(ScanResult result) => _completion.SetResult(result);
}
