using ClamProxy.TestKit;

namespace ClamProxy.Soak.Buckets;

/// <summary>Watches the requests of one flow on the relay, and does something at one of them while it waits.</summary>
/// <param name="mark">What only requests about its object have in their path.</param>
/// <param name="moment">Null: nothing is done.</param>
/// <param name="act">False: the connection of the request breaks.</param>
internal sealed class RaceHold(string mark, RaceMoment? moment, Func<Task<bool>> act)
{
    private readonly List<S3Request> _requests = [];

    /// <summary>All requests so far.</summary>
    public IReadOnlyList<S3Request> Requests => _requests;

    public bool IsReached { get; private set; }

    /// <summary>What went wrong while the request was held.</summary>
    public Exception? Failure { get; private set; }

    public void On(S3Relay relay)
    {
        relay.Before = request => PassAsync(request, isBefore: true);
        relay.After = request => PassAsync(request, isBefore: false);
    }

    /// <summary>A flow sends one request after the other.</summary>
    private async Task<bool> PassAsync(S3Request request, bool isBefore)
    {
        if (!request.Target.Contains(mark, StringComparison.Ordinal))
        {
            return true;
        }

        if (isBefore)
        {
            _requests.Add(request);
        }

        if (moment is null || IsReached || moment.IsBefore != isBefore || moment.Request != _requests.Count - 1)
        {
            return true;
        }

        IsReached = true;
        try
        {
            return await act();
        }
        catch (Exception e)
        {
            Failure = e;
            return true;
        }
    }
}
