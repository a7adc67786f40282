using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>Flights for files that somebody will ask for soon. They are a guess: bounded, and nobody hears of their failure.</summary>
internal sealed class FlightsAhead(int limit, GateReport report) : IDisposable
{
    private readonly SemaphoreSlim _free = new(limit);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Starts the work unless as much as allowed is under way.</summary>
    public void Begin(Func<CancellationToken, Task> work)
    {
        if (!_free.Wait(TimeSpan.Zero))
        {
            report.Ahead("left");
            return;
        }

        report.Ahead("begun");
        // The request that gave rise to it is answered long before: its activity and logging scope are not this work's.
        DetachedWork.Start(() => RunAsync(work));
    }

    /// <summary>Starts work for a request whose turn has not come: it is no guess, and whoever starts it bounds it.</summary>
    /// <param name="work">Gives what came of it.</param>
    /// <param name="ended">Told what came of it; <see cref="AheadOutcome.Lost"/> where it was ended.</param>
    /// <param name="clientGone">Ends it.</param>
    public void BeginAsked(Func<CancellationToken, Task<AheadOutcome>> work, Action<AheadOutcome> ended, CancellationToken clientGone) =>
        DetachedWork.Start(() => RunAskedAsync(work, ended, clientGone));

    public void Dispose() => _stopping.Cancel();

    private async Task RunAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await GuardAsync(work, _stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task RunAskedAsync(
        Func<CancellationToken, Task<AheadOutcome>> work, Action<AheadOutcome> ended, CancellationToken clientGone)
    {
        var outcome = AheadOutcome.Lost;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, clientGone);
        await GuardAsync(async token => outcome = await work(token).ConfigureAwait(false), end.Token).ConfigureAwait(false);
        ended(outcome);
    }

    private async Task GuardAsync(Func<CancellationToken, Task> work, CancellationToken end)
    {
        try
        {
            await work(end).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The process stops, or nobody wants it any more.
        }
        catch (Exception e)
        {
            report.AheadFailed(e);
        }
    }
}
