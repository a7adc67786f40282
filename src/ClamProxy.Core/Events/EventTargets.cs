using System.Threading.Channels;
using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Names;
using ClamProxy.Core.Webhooks;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Events;

/// <summary>Who is told, where events may go (EVENT_TARGETS), and a signal to each of them.</summary>
internal sealed class EventTargets
{
    private readonly Dictionary<string, Channel<bool>> _signals;

    public EventTargets(EventOptions options, NameResolver names, UpstreamProxies proxies, ILogger<UpstreamGuard> log)
    {
        All =
        [
            .. options.All.Select(one => new EventTarget(
                one.Name,
                Target.TryParse(one.Target.Url, out _)!,
                [
                    .. (one.Target.Secrets.Count > 0 ? one.Target.Secrets : options.Secrets)
                        .Select(WebhookSignature.ParseSecret).OfType<byte[]>(),
                ],
                one.Target.Kinds)),
        ];
        _signals = All.ToDictionary(target => target.Name, _ => Channel.CreateBounded<bool>(1));
        Guard = new WebhookGuard(options.Allowed, "event target's server", "EVENT_TARGETS", names, proxies, log);
    }

    public IReadOnlyList<EventTarget> All { get; }

    public WebhookGuard Guard { get; }

    /// <summary>Something may wait for each of them.</summary>
    public void Wake()
    {
        foreach (var signal in _signals.Values)
        {
            signal.Writer.TryWrite(true);
        }
    }

    /// <summary>Waits until something may wait for a target.</summary>
    public Task WokenAsync(EventTarget target, CancellationToken cancelled) =>
        _signals[target.Name].Reader.ReadAsync(cancelled).AsTask();
}
