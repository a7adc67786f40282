using System.Threading.Channels;

namespace ClamProxy.Core.Events;

/// <summary>
/// Takes refusals that targets are told of. Whoever refuses never waits and never fails for it: what finds no place in the memory is
/// dropped, counted and logged.
/// </summary>
public sealed class RefusalEvents
{
    private readonly Channel<Refusal>? _waiting;
    private long _dropped;

    public RefusalEvents(EventOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _waiting = options.All.Any(one => one.Target.Kinds.Contains(EventKind.Refused))
            ? Channel.CreateBounded<Refusal>(new BoundedChannelOptions(options.MaxPending) { SingleReader = true })
            : null;
    }

    /// <summary>Whether anybody is told of refusals.</summary>
    public bool IsOn => _waiting is not null;

    /// <summary>What waits to be written to the queue; null: nobody is told.</summary>
    internal ChannelReader<Refusal>? Waiting => _waiting?.Reader;

    /// <summary>Returns at once.</summary>
    public void Add(Refusal refusal)
    {
        if (_waiting?.Writer.TryWrite(refusal) == false)
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>How many found no place since this was asked last.</summary>
    internal long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);
}
