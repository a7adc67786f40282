using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Events;

/// <summary>Sends to all targets at once: one that fails delays no other.</summary>
internal sealed class EventDeliveries(EventTargets targets, EventDelivery delivery, EventReport report) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        report.Started(targets);
        return Task.WhenAll(targets.All.Select(target => delivery.RunAsync(target, stoppingToken)));
    }
}
