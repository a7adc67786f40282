using ClamProxy.Core.Buckets;
using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Soak.Buckets;

/// <summary>The flow in this process: its death is that of its connections to the store.</summary>
internal sealed class FlowWorker(RaceWorld world, RaceBuckets buckets) : IRaceWorker
{
    private CancellationTokenSource _death = new();

    public async Task<bool> DeliverAsync(ObjectEvent told)
    {
        try
        {
            return await (await world.FlowOfAsync(buckets, isRelayed: true)).RunAsync(told, _death.Token) is not FlowResult.Later;
        }
        catch (OperationCanceledException) when (_death.IsCancellationRequested)
        {
            _death.Dispose();
            _death = new CancellationTokenSource();
            world.Relay.IsCut = false;
            return false;
        }
    }

    public Task KillAsync()
    {
        world.Relay.IsCut = true;
        return _death.CancelAsync();
    }

    public ValueTask DisposeAsync()
    {
        _death.Dispose();
        return ValueTask.CompletedTask;
    }
}
