using ClamProxy.Core.Fetching.Flights;

namespace ClamProxy.Core.Fetching.Delivery;

/// <summary>Shows a door how far the download and scan of one request are, while it waits for them.</summary>
/// <param name="pageAfter">
/// How long the request waits before its client is shown a page instead, and asks again later; null: until the end, for a client that is
/// shown one already.
/// </param>
public sealed class FetchProgress(TimeSpan? pageAfter)
{
    private Flight? _flight;

    /// <summary>Bytes of the body that are here.</summary>
    public long Received => Incoming?.Received ?? 0;

    /// <summary>Bytes in all; null: upstream has not said so.</summary>
    public long? Total => Incoming?.Announced;

    internal TimeSpan? PageAfter => pageAfter;

    private IncomingBody? Incoming => Volatile.Read(ref _flight)?.Incoming;

    internal void Follow(Flight flight) => Volatile.Write(ref _flight, flight);
}
