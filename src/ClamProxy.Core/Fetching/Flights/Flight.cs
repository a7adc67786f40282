using System.Diagnostics;
using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// One download with its scan, shared by every request that waits for it. It has a lifetime of its own: a waiter that leaves ends only
/// its own wait. The last one to leave cancels the flight while it downloads, unless it is nearly done; a scan that has begun runs to its
/// end in clamd whoever leaves, so from then on the flight goes on, for the verdict and for whoever asks again. Whoever comes last lets go
/// of the body.
/// </summary>
/// <param name="finishFrom">Percent of the body that must be here for the download to go on without anybody waiting.</param>
/// <param name="client">Who waits first; null: nobody in particular.</param>
/// <param name="asker">Whose request it answers; null: nobody's in particular.</param>
internal sealed class Flight(int finishFrom, string? client = null, GateRequest? asker = null) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FlightFit _fit = new(asker);
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource<UpstreamHead?> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<FlightResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IncomingBody? _incoming;
    private int _waiters = 1;
    private bool _goesOn;
    private bool _isAskedForAgain;
    private bool _hasTrickled;

    /// <summary>The span of its work, in the trace of the request that started it; null: nobody listens.</summary>
    public Activity? Span { get; init; }

    /// <summary>The id of the request that started it, for the log lines of its work; null: none did.</summary>
    public string? RequestId { get; init; }

    /// <summary>When it started: a timestamp of the clock.</summary>
    public long StartedAt { get; init; }

    /// <summary>The request that it was started for; null: nobody's in particular.</summary>
    public GateRequest? Asker { get; } = asker;

    /// <summary>It was started before the turn of the request that it is for.</summary>
    public bool IsAhead => Asker is { IsAhead: true };

    /// <summary>For the spool: whether it is still for nobody but the request whose turn has not come; null: it never is.</summary>
    public Func<bool>? Yields => IsAhead ? () => Waiters <= 1 : null;

    /// <summary>Upstream's head as soon as it is there; null when the flight ended without one.</summary>
    public Task<UpstreamHead?> Head => _head.Task;

    /// <summary>The newest head that is there: a restarted download may have another than the first.</summary>
    public UpstreamHead? LatestHead =>
        Result?.Head
        ?? Incoming?.Head
        ?? (_head.Task.IsCompletedSuccessfully ? _head.Task.GetAwaiter().GetResult() : null);

    /// <summary>It has landed with a refusal, which every request of its key may hear.</summary>
    public bool HasRefused => Result is FlightResult.Refused;

    /// <summary>Whether what is known of its answer is an answer to this request too.</summary>
    public bool Suits(GateRequest request) => _fit.Suits(request, Result, LatestHead);

    /// <summary>Whether an answer of this head, if it is this flight's, is one to this request too.</summary>
    public bool Suits(GateRequest request, UpstreamHead head) => _fit.Suits(request, head);

    /// <inheritdoc cref="FlightFit.OtherKey"/>
    public string OtherKey(GateRequest request, bool isFirst) => FlightFit.OtherKey(request, LatestHead, isFirst);

    /// <summary>The body of the download under way; null before its head is there. A restarted download has another body.</summary>
    public IncomingBody? Incoming => Volatile.Read(ref _incoming);

    /// <summary>The end of the flight. It never faults.</summary>
    public Task<FlightResult> Completion => _completion.Task;

    /// <summary>Another process has done the work.</summary>
    public bool HasEndedElsewhere => Result is FlightResult.Elsewhere;

    /// <summary>Those who wait: the scan has its turn by whichever of them comes first, and what is taken of shares is theirs.</summary>
    public WaitingClients Clients { get; } = WaitingClients.Of(client);

    public int Waiters => Volatile.Read(ref _waiters);

    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>What it failed of may be that its request's turn had not come.</summary>
    private bool HasFailedAhead => IsAhead && Result is FlightResult.Failed;

    private FlightResult? Result => _completion.Task.IsCompletedSuccessfully ? _completion.Task.GetAwaiter().GetResult() : null;

    public void HeadIsKnown(UpstreamHead head) => _head.TrySetResult(head);

    public void BodyIsComing(IncomingBody body) => Volatile.Write(ref _incoming, body);

    /// <returns>Whether the landing is to be kept for a while: then one more waiter is counted, who leaves when the while is
    /// over.</returns>
    public bool Land(FlightResult flightResult)
    {
        bool lingers;
        lock (_gate)
        {
            lingers = (_isAskedForAgain && flightResult is not (FlightResult.Failed or FlightResult.Elsewhere))
                || (_hasTrickled && flightResult is FlightResult.Refused);
            _waiters += lingers ? 1 : 0;
            if (_waiters == 0)
            {
                flightResult.Dispose();
            }

            _completion.SetResult(flightResult);
        }

        _head.TrySetResult(flightResult.Head);
        Dispose();
        return lingers;
    }

    public void Dispose() => _cancel.Dispose();

    /// <summary>
    /// From here on the flight ends by itself, even when everybody leaves; one that everybody has left already is being cancelled.
    /// </summary>
    public void StayOnCourse()
    {
        lock (_gate)
        {
            _goesOn |= _waiters > 0;
        }
    }

    /// <summary>A waiter is about to be sent away to come back: the flight goes on, and its end waits for them.</summary>
    /// <returns>False when it has landed meanwhile, so that the answer is there.</returns>
    public bool TryExpectAgain()
    {
        lock (_gate)
        {
            if (_completion.Task.IsCompleted)
            {
                return false;
            }

            _goesOn = true;
            _isAskedForAgain = true;
            return true;
        }
    }

    /// <summary>A waiter is about to be sent a part of the body: if that turns out bad, its retry must find the verdict.</summary>
    /// <returns>False when it has landed meanwhile, so that the answer is there.</returns>
    public bool TryBeginTrickle()
    {
        lock (_gate)
        {
            _hasTrickled |= !_completion.Task.IsCompleted;
            return !_completion.Task.IsCompleted;
        }
    }

    /// <summary>Adds a waiter; false when everybody had left already, so that the flight is no longer worth joining.</summary>
    public bool TryJoin(string? client = null)
    {
        lock (_gate)
        {
            if (HasEndedElsewhere || HasFailedAhead || (_waiters == 0 && (!_goesOn || _completion.Task.IsCompleted)))
            {
                return false;
            }

            _waiters++;
            Clients.Add(client);
            return true;
        }
    }

    public void Leave(string? client = null)
    {
        Clients.Remove(client);
        lock (_gate)
        {
            if (--_waiters > 0)
            {
                return;
            }

            if (Result is { } result)
            {
                result.Dispose();
                return;
            }

            _goesOn |= Incoming is { } body && body.Progress >= finishFrom;
            if (_goesOn)
            {
                return;
            }
        }

        Cancel();
    }

    public void Cancel()
    {
        try
        {
            _cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has landed in the meantime: there is nothing left to cancel.
        }
    }
}
