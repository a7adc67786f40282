namespace ClamProxy.Core.Fetching;

/// <summary>What others may want to hear of: the place where notifications hook in.</summary>
public sealed class GateEvents
{
    /// <summary>A file that had been delivered as clean is not, by newer signatures. Handlers must be quick and must not throw.</summary>
    public event Action<TurnedBad>? FileTurnedBad;

    internal void Raise(TurnedBad news) => FileTurnedBad?.Invoke(news);
}
