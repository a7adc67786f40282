using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Gate;

/// <summary>The flights under way: bounded, and by key so that requests for the same answer share one.</summary>
internal sealed class FlightTable(int limit) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Flight> _byKey = new(StringComparer.Ordinal);
    private readonly HashSet<Flight> _running = [];
    private bool _isStopping;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Requests that wait for a flight to land.</summary>
    public int Waiters
    {
        get
        {
            lock (_gate)
            {
                return _running.Sum(flight => flight.Waiters);
            }
        }
    }

    /// <summary>Joins the flight of this key, or starts one; the caller leaves it when it needs it no more.</summary>
    /// <param name="key">What the answer is selected by; null: nobody else may share this flight.</param>
    /// <param name="run">The flight's work; it runs on its own, whoever stays or leaves.</param>
    /// <param name="isShared">Whether the flight was another request's.</param>
    /// <returns>The flight, or null when as many as allowed are under way.</returns>
    public Flight? JoinOrStart(string? key, Func<Flight, Task<Landing>> run, out bool isShared)
    {
        Flight flight;
        lock (_gate)
        {
            isShared = key is not null && _byKey.TryGetValue(key, out var known) && known.TryJoin();
            if (isShared)
            {
                return _byKey[key!];
            }

            if (_isStopping || _running.Count >= limit)
            {
                return null;
            }

            flight = new Flight();
            _running.Add(flight);
            if (key is not null)
            {
                _byKey[key] = flight;
            }
        }

        // The first client's ambient state (its activity, its logging scope) is not the flight's.
        using (ExecutionContext.SuppressFlow())
        {
            _ = RunAsync(key, flight, run);
        }

        return flight;
    }

    public void Dispose()
    {
        List<Flight> running;
        lock (_gate)
        {
            _isStopping = true;
            running = [.. _running];
        }

        running.ForEach(flight => flight.Cancel());
    }

    private async Task RunAsync(string? key, Flight flight, Func<Flight, Task<Landing>> run)
    {
        Landing landing;
        try
        {
            landing = await run(flight).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (flight.Cancelled.IsCancellationRequested)
        {
            landing = Landing.Failed(_isStopping
                ? new(FailureReason.Stopping, "ClamProxy is stopping.", e)
                : new(FailureReason.ClientGone, "Every client that waited has left.", e));
        }
        catch (Exception e)
        {
            landing = Landing.Failed(new(FailureReason.Internal, "ClamProxy made a mistake; its log says which.", e));
        }

        lock (_gate)
        {
            _running.Remove(flight);
            if (key is not null && _byKey.GetValueOrDefault(key) == flight)
            {
                _byKey.Remove(key);
            }
        }

        flight.Land(landing);
    }
}
