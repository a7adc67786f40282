namespace ClamProxy.Core.Verdicts;

/// <summary>Verdicts in this process alone: bounded, gone when it ends.</summary>
/// <remarks>It holds the same JSON as Redis does: half the memory of the objects it stands for, and one format to test.</remarks>
internal sealed class MemoryVerdictStore : VerdictStore
{
    private const string Name = "memory";

    /// <summary>What a record takes beside its bytes: its key, its places in the tables.</summary>
    private const int OfEach = 300;

    private readonly BoundedCache<byte[]> _values;

    public MemoryVerdictStore(VerdictOptions options, VerdictMetrics metrics, TimeProvider time)
        : base(Name, metrics, time)
    {
        _values = new BoundedCache<byte[]>(
            options.MemoryEntries, options.CacheTtl, time, options.MemoryBytes, value => value.Length + OfEach);
        metrics.ObserveEntries(() => _values.Count);
    }

    public override StoreState State { get; } = new(Name, true, null);

    /// <summary>Puts bytes under a key as they are, for tests.</summary>
    internal void Plant(string key, byte[] value) => _values.Set(key, value);

    /// <summary>The bytes under a key as they are, for tests.</summary>
    internal byte[]? Peek(string key) => _values.TryGet(key, out var value) ? value : null;

    protected override ValueTask<VerdictStoreReply> GetAsync(StoreTier tier, string key, CancellationToken cancellationToken) =>
        new(new VerdictStoreReply(true, _values.TryGet(key, out var value) ? value : null));

    // Leases are between processes, and this store is one's own: no fence can be out of date.
    protected override ValueTask<VerdictStoreReply> SetAsync(
        StoreTier tier, string key, byte[] value, Fence? fence, CancellationToken cancellationToken)
    {
        _values.Set(key, value);
        return new(new VerdictStoreReply(true));
    }

    protected override ValueTask<VerdictStoreReply> RemoveAsync(StoreTier tier, string key, CancellationToken cancellationToken)
    {
        _values.Remove(key);
        return new(new VerdictStoreReply(true));
    }
}
