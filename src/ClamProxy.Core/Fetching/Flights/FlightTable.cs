using System.Diagnostics;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Requests;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// The flights under way: bounded, and by key so that requests for the same answer share one. Some stay for a while after they landed.
/// </summary>
internal sealed class FlightTable(GateOptions options, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Flight> _byKey = new(StringComparer.Ordinal);
    private readonly HashSet<Flight> _running = [];
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isRefusing;

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

    /// <summary>Requests that wait for the result of a flight.</summary>
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

    /// <summary>The flights under way, for whoever looks.</summary>
    public IReadOnlyList<WorkUnderWay> UnderWay
    {
        get
        {
            List<Flight> running;
            lock (_gate)
            {
                running = [.. _running];
            }

            return [.. running.Select(View)];
        }
    }

    /// <summary>No flight starts any more.</summary>
    public bool IsRefusing
    {
        get
        {
            lock (_gate)
            {
                return _isRefusing;
            }
        }
    }

    /// <summary>Joins the flight of this key, or starts one; the caller leaves it when it needs it no more.</summary>
    /// <param name="key">What the answer is selected by; null: nobody else may share this flight.</param>
    /// <param name="start">
    /// Asked only when there is a flight to start: its work, which runs on its own, whoever stays or leaves; null when it may not. A
    /// request that may not start one leaves nothing behind that others could join.
    /// </param>
    /// <param name="isShared">Whether the flight was another request's.</param>
    /// <param name="client">Who waits; to be named again when it leaves.</param>
    /// <param name="asker">The request that a flight is started for.</param>
    /// <returns>The flight, or null when none may start any more, or as many as allowed are under way, or this one may not.</returns>
    public Flight? JoinOrStart(
        string? key,
        Func<Func<Flight, Task<FlightResult>>?> start,
        out bool isShared,
        string? client = null,
        GateRequest? asker = null)
    {
        Flight flight;
        Func<Flight, Task<FlightResult>> run;
        lock (_gate)
        {
            isShared = key is not null && _byKey.TryGetValue(key, out var known) && known.TryJoin(client);
            if (isShared)
            {
                return _byKey[key!];
            }

            if (_isRefusing || _running.Count >= MostFor(asker) || start() is not { } work)
            {
                return null;
            }

            run = work;
            flight = new Flight(options.FinishFrom, client, asker)
            {
                Span = FetchingTrace.Flight(),
                RequestId = RequestId.Current,
                StartedAt = clock.GetTimestamp(),
            };
            _running.Add(flight);
            if (key is not null)
            {
                _byKey[key] = flight;
            }
        }

        // The first client's ambient state (its activity, its logging scope) is not the flight's, which has a span of its own.
        DetachedWork.Start(() => RunAsync(key, flight, run));

        return flight;
    }

    /// <summary>From here on no flight starts. Those under way go on, and may still be joined.</summary>
    /// <returns>Ends when none is under way any more.</returns>
    public Task Refuse()
    {
        lock (_gate)
        {
            _isRefusing = true;
            NoteIdle();
            return _idle.Task;
        }
    }

    /// <summary>Cancels all work in progress: waiting requests learn that the process is stopping.</summary>
    public void Cancel()
    {
        List<Flight> running;
        lock (_gate)
        {
            _isRefusing = true;
            _stopping.Cancel();
            running = [.. _running];
        }

        running.ForEach(flight => flight.Cancel());
    }

    public void Dispose() => Cancel();

    /// <summary>What is fetched before its turn leaves half of all flights to what is waited for.</summary>
    private int MostFor(GateRequest? asker) => asker is { IsAhead: true } ? options.MaxFlights / 2 : options.MaxFlights;

    private WorkUnderWay View(Flight flight)
    {
        var body = flight.Incoming;
        return new(flight.Asker?.Target.TextWithoutQuery ?? "", clock.GetElapsedTime(flight.StartedAt))
        {
            Door = flight.Asker?.Door,
            Client = flight.Asker?.Client,
            Waiters = flight.Waiters,
            Bytes = body?.Received ?? 0,
            Total = body?.Announced,
            RequestId = flight.RequestId,
        };
    }

    private async Task RunAsync(string? key, Flight flight, Func<Flight, Task<FlightResult>> run)
    {
        FlightResult flightResult;
        try
        {
            Activity.Current = flight.Span;
            RequestId.Current = flight.RequestId;
            flightResult = await run(flight).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (flight.Cancelled.IsCancellationRequested)
        {
            flightResult = new FlightResult.Failed(_stopping.IsCancellationRequested
                ? new(FailureReason.Stopping, "ClamProxy is stopping.", e)
                : new(FailureReason.ClientGone, "Every client that waited has left.", e));
        }
        catch (Exception e)
        {
            flightResult = new FlightResult.Failed(
                new(FailureReason.Internal, "An internal error of ClamProxy; its log has the details.", e));
        }

        flight.Span.Ended((flightResult as FlightResult.Failed)?.Failure);
        flight.Span?.Dispose();
        lock (_gate)
        {
            _running.Remove(flight);
            NoteIdle();
        }

        if (flight.Land(flightResult))
        {
            await LingerAsync(key).ConfigureAwait(false);
            flight.Leave();
        }

        Forget(key, flight);
    }

    private void NoteIdle()
    {
        if (_isRefusing && _running.Count == 0)
        {
            _idle.TrySetResult();
        }
    }

    private async Task LingerAsync(string? key)
    {
        if (key is not null)
        {
            await Task.Delay(options.Linger, clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Forget(string? key, Flight flight)
    {
        lock (_gate)
        {
            if (key is not null && _byKey.GetValueOrDefault(key) == flight)
            {
                _byKey.Remove(key);
            }
        }
    }
}
