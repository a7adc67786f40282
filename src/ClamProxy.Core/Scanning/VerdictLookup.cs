using ClamProxy.Core.Clamd;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>What earlier scans found, as far as it still counts.</summary>
internal sealed class VerdictLookup(IVerdictStore store, ClamdPool scanners, VerdictOptions options, TimeProvider clock)
{
    /// <summary>Whether a verdict still counts: no scanner has newer signatures, and its life is not over.</summary>
    public bool IsCurrent(ContentRecord verdict) =>
        !verdict.IsOlderThan(scanners.NewestDatabase) && clock.GetUtcNow() - verdict.ScannedAt < options.CacheTtl;

    /// <summary>The last verdict of a content, whether it still counts or not.</summary>
    public ValueTask<ContentRecord?> FindLastAsync(string sha256, CancellationToken cancellationToken) =>
        store.FindContentAsync(ContentKey.For(sha256), cancellationToken);

    public ValueTask RecordAsync(ContentRecord verdict, CancellationToken cancellationToken) =>
        store.SaveContentAsync(ContentKey.For(verdict.Sha256), verdict, cancellationToken);

    /// <summary>Finds the verdict of an URL: only where the URL's and its content's records are both there and current.</summary>
    public async ValueTask<(CacheOutcome Cache, UrlRecord? Url, ContentRecord? Content)> FindAsync(UrlKey key, CancellationToken cancellationToken)
    {
        var url = await store.FindUrlAsync(key, cancellationToken).ConfigureAwait(false);
        var content = url is null ? null : await store.FindContentAsync(ContentKey.For(url.Sha256), cancellationToken).ConfigureAwait(false);
        return (url, content) switch
        {
            ({ }, { }) when content.IsOlderThan(scanners.NewestDatabase) => (CacheOutcome.Stale, null, null),
            ({ }, { }) => (CacheOutcome.ByUrl, url, content),
            _ => (CacheOutcome.Miss, null, null),
        };
    }

    /// <summary>Finds the verdict of a content, wherever it came from.</summary>
    public async ValueTask<ContentRecord?> FindAsync(string sha256, CancellationToken cancellationToken)
    {
        var content = await store.FindContentAsync(ContentKey.For(sha256), cancellationToken).ConfigureAwait(false);
        return content?.IsOlderThan(scanners.NewestDatabase) == false ? content : null;
    }

    /// <summary>Keeps a verdict by content, and by URL where every request of this key gets the same content.</summary>
    public async ValueTask RecordAsync(UrlKey? key, UpstreamHead head, long size, ContentRecord verdict, Fence? fence, CancellationToken cancellationToken)
    {
        await RecordAsync(verdict, cancellationToken).ConfigureAwait(false);
        if (key is { } url)
        {
            var record = new UrlRecord(verdict.Sha256, size, Validator(head, "ETag"), Validator(head, "Last-Modified"), verdict.Verdict);
            await store.SaveUrlAsync(url, record, fence, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A validator as it came; none where upstream's is no header text, which a record does not take.</summary>
    private static string? Validator(UpstreamHead head, string name) =>
        head.First(name) is { Length: > 0 } text && !text.Any(char.IsControl) ? text : null;

    public ValueTask ForgetAsync(UrlKey key) => store.DropUrlAsync(key, CancellationToken.None);
}
