using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Scanning;

/// <summary>One subject's wait for a scan: as long as it lasts, that subject's clients want the scan.</summary>
internal sealed class ScanWait(ScanFlight flight, WaitingClients clients) : IDisposable
{
    private readonly IDisposable _wish = clients.AlsoWant(flight.Clients);

    public Task<ScanResult> Completion => flight.Completion;

    public void Dispose() => _wish.Dispose();
}
