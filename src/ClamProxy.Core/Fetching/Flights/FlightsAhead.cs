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

    public void Dispose() => _stopping.Cancel();

    private async Task RunAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (Exception e)
        {
            report.AheadFailed(e);
        }
        finally
        {
            _free.Release();
        }
    }
}
