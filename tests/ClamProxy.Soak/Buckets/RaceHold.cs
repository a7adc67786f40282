using ClamProxy.TestKit;

namespace ClamProxy.Soak.Buckets;

/// <summary>Watches the requests of one flow on the relay, and does something at one of them while it waits.</summary>
/// <param name="moment">Null: nothing is done.</param>
/// <param name="death">Ends whatever the worker does.</param>
/// <param name="act">False: the connection of the request breaks.</param>
internal sealed class RaceHold(RaceMoment? moment, CancellationTokenSource death, Func<RaceHold, Task<bool>> act)
{
    private readonly List<S3Request> _requests = [];
    private volatile bool _isDead;

    /// <summary>All requests so far.</summary>
    public IReadOnlyList<S3Request> Requests => _requests;

    public bool IsReached { get; private set; }

    /// <summary>What went wrong while the request was held.</summary>
    public Exception? Failure { get; private set; }

    public void On(S3Relay relay)
    {
        relay.Before = BeforeAsync;
        relay.After = AfterAsync;
    }

    /// <summary>From now on nothing passes the relay.</summary>
    public Task DieAsync()
    {
        _isDead = true;
        return death.CancelAsync();
    }

    private Task<bool> BeforeAsync(S3Request request)
    {
        if (_isDead)
        {
            return Task.FromResult(false);
        }

        // A flow sends one request after the other.
        _requests.Add(request);
        return MeetAsync(isBefore: true);
    }

    private Task<bool> AfterAsync(S3Request request) => _isDead ? Task.FromResult(false) : MeetAsync(isBefore: false);

    private async Task<bool> MeetAsync(bool isBefore)
    {
        if (moment is null || IsReached || moment.IsBefore != isBefore || moment.Request != _requests.Count - 1)
        {
            return true;
        }

        IsReached = true;
        try
        {
            return await act(this);
        }
        catch (Exception e)
        {
            Failure = e;
            return true;
        }
    }
}
