namespace ClamProxy.Core.Verdicts;

/// <summary>What every verdict store does alike: keys, format, rules and counting. A derived one only moves bytes.</summary>
internal abstract class VerdictStore(string name, VerdictMetrics metrics, TimeProvider time) : IVerdictStore
{
    public abstract StoreState State { get; }

    public async ValueTask<UrlRecord?> FindUrlAsync(UrlKey key, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answer = await GetAsync(StoreTier.Url, key.Text, cancellationToken).ConfigureAwait(false);
        var record = answer.Bytes is null ? null : VerdictFormat.ReadUrl(answer.Bytes);
        Count(StoreTier.Url, StoreCall.Find, Found(answer, record), started);
        return record;
    }

    public async ValueTask<ContentRecord?> FindContentAsync(ContentKey key, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answer = await GetAsync(StoreTier.Content, key.Text, cancellationToken).ConfigureAwait(false);
        var record = answer.Bytes is null ? null : VerdictFormat.ReadContent(key, answer.Bytes);
        Count(StoreTier.Content, StoreCall.Find, Found(answer, record), started);
        return record;
    }

    public ValueTask SaveUrlAsync(UrlKey key, UrlRecord record, Fence? fence, CancellationToken cancellationToken) =>
        SaveAsync(StoreTier.Url, key.Text, VerdictFormat.Write(record), fence, cancellationToken);

    public ValueTask SaveContentAsync(ContentKey key, ContentRecord record, CancellationToken cancellationToken) =>
        SaveAsync(StoreTier.Content, key.Text, VerdictFormat.Write(key, record), null, cancellationToken);

    public async ValueTask DropUrlAsync(UrlKey key, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answer = await RemoveAsync(StoreTier.Url, key.Text, cancellationToken).ConfigureAwait(false);
        Count(StoreTier.Url, StoreCall.Drop, answer.HasAnswered ? StoreOutcome.Done : StoreOutcome.Error, started);
    }

    /// <summary>Never throws, like the two below.</summary>
    protected abstract ValueTask<VerdictStoreReply> GetAsync(StoreTier tier, string key, CancellationToken cancellationToken);

    protected abstract ValueTask<VerdictStoreReply> SetAsync(
        StoreTier tier, string key, byte[] value, Fence? fence, CancellationToken cancellationToken);

    protected abstract ValueTask<VerdictStoreReply> RemoveAsync(StoreTier tier, string key, CancellationToken cancellationToken);

    private static StoreOutcome Found(VerdictStoreReply answer, object? record) =>
        record is not null ? StoreOutcome.Hit : answer.HasAnswered ? StoreOutcome.Miss : StoreOutcome.Error;

    private static StoreOutcome Saved(VerdictStoreReply answer) =>
        answer.IsRefused ? StoreOutcome.Fenced : answer.HasAnswered ? StoreOutcome.Done : StoreOutcome.Error;

    private async ValueTask SaveAsync(StoreTier tier, string key, byte[] value, Fence? fence, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();

        // An older record must not outlive the news that was too long to be kept.
        if (value.Length > VerdictFormat.MaxBytes)
        {
            await RemoveAsync(tier, key, cancellationToken).ConfigureAwait(false);
            Count(tier, StoreCall.Save, StoreOutcome.TooLong, started);
            return;
        }

        var answer = await SetAsync(tier, key, value, fence, cancellationToken).ConfigureAwait(false);
        Count(tier, StoreCall.Save, Saved(answer), started);
    }

    private void Count(StoreTier tier, StoreCall call, StoreOutcome outcome, long started) =>
        metrics.Count(name, tier, call, outcome, time.GetElapsedTime(started));
}
