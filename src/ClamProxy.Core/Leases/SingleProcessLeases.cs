using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Leases;

/// <summary>Without Redis there is no other process to agree with.</summary>
internal sealed class SingleProcessLeases : IFlightLeases
{
    public ValueTask<LeaseAttempt> TryTakeAsync(UrlKey key, CancellationToken cancellationToken) =>
        new(new LeaseAttempt(LeaseOutcome.Alone));

    public ValueTask<bool> WaitAsync(UrlKey key, CancellationToken cancellationToken) => new(false);
}
