using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>What URLs led to when they were last downloaded, as far as it still counts.</summary>
internal sealed class UrlVerdicts(IVerdictStore store, VerdictLookup contents)
{
    /// <summary>Finds the verdict of an URL: only where the URL's and its content's records are both there and current.</summary>
    public async ValueTask<UrlVerdict> FindAsync(AnswerKeys keys, CancellationToken cancellationToken)
    {
        var url = await store.FindUrlAsync(keys.Url, cancellationToken).ConfigureAwait(false);
        if (url?.Varies is { Count: > 0 } varies)
        {
            var variant = await store.FindUrlAsync(keys.Of(varies), cancellationToken).ConfigureAwait(false);
            var found = await FindAsync(variant, cancellationToken).ConfigureAwait(false);
            return found with { Varies = varies };
        }

        return await FindAsync(url, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a URL led to when it was last downloaded, whether that still counts or not; null: that is not known.</summary>
    public async ValueTask<UrlRecord?> FindRecordAsync(AnswerKeys keys, CancellationToken cancellationToken)
    {
        var url = await store.FindUrlAsync(keys.Url, cancellationToken).ConfigureAwait(false);
        return url?.Varies is { Count: > 0 } varies
            ? await store.FindUrlAsync(keys.Of(varies), cancellationToken).ConfigureAwait(false) ?? url
            : url;
    }

    private async ValueTask<UrlVerdict> FindAsync(UrlRecord? url, CancellationToken cancellationToken)
    {
        var content = url is null ? null : await contents.FindLastAsync(url.Sha256, cancellationToken).ConfigureAwait(false);
        return content is null ? new UrlVerdict(CacheOutcome.Miss)
            : contents.IsOutdated(content) ? new UrlVerdict(CacheOutcome.Stale)
            : new UrlVerdict(CacheOutcome.ByUrl, url, content);
    }

    /// <summary>
    /// Records what an URL led to, where every request of this key gets the same content. Its verdict is recorded by the content already.
    /// </summary>
    /// <param name="fence">Of the lease that this was found under; null: it was none.</param>
    /// <param name="leased">The key of that lease.</param>
    public async ValueTask RecordAsync(
        AnswerKeys keys,
        UpstreamHead head,
        long size,
        ContentRecord verdict,
        Fence? fence,
        UrlKey leased,
        CancellationToken cancellationToken)
    {
        var varies = keys.VariesBy(head);
        var record = new UrlRecord(verdict.Sha256, size, Validator(head, "ETag"), Validator(head, "Last-Modified"), verdict.Verdict)
        {
            Vary = varies.Count == 0 ? null : string.Join(',', varies),
        };
        if (varies.Count > 0)
        {
            await SaveAsync(keys.Of(varies)).ConfigureAwait(false);
        }

        // Where there are variants it tells what they vary by.
        await SaveAsync(keys.Url).ConfigureAwait(false);

        ValueTask SaveAsync(UrlKey key) => store.SaveUrlAsync(key, record, key == leased ? fence : null, cancellationToken);
    }

    public ValueTask ForgetAsync(AnswerKeys keys, UrlRecord record) => store.DropUrlAsync(keys.Of(record.Varies), CancellationToken.None);

    public ValueTask ForgetAsync(UrlKey key) => store.DropUrlAsync(key, CancellationToken.None);

    /// <summary>A validator as it came; none where upstream's is no header text, which a record does not take.</summary>
    private static string? Validator(UpstreamHead head, string name) =>
        head.First(name) is { Length: > 0 } text && !text.Any(char.IsControl) ? text : null;
}
