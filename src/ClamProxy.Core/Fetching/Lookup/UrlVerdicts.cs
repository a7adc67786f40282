using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>What URLs led to when they were last downloaded, as far as it still counts.</summary>
internal sealed class UrlVerdicts(IVerdictStore store, VerdictLookup contents)
{
    /// <summary>Finds the verdict of an URL: only where the URL's and its content's records are both there and current.</summary>
    public async ValueTask<UrlVerdict> FindAsync(UrlKey key, CancellationToken cancellationToken)
    {
        var url = await store.FindUrlAsync(key, cancellationToken).ConfigureAwait(false);
        var content = url is null ? null : await contents.FindLastAsync(url.Sha256, cancellationToken).ConfigureAwait(false);
        return content is null ? new UrlVerdict(CacheOutcome.Miss)
            : contents.IsOutdated(content) ? new UrlVerdict(CacheOutcome.Stale)
            : new UrlVerdict(CacheOutcome.ByUrl, url, content);
    }

    /// <summary>
    /// Records what an URL led to, where every request of this key gets the same content. Its verdict is recorded by the content already.
    /// </summary>
    public ValueTask RecordAsync(
        UrlKey key, UpstreamHead head, long size, ContentRecord verdict, Fence? fence, CancellationToken cancellationToken) =>
        store.SaveUrlAsync(
            key,
            new UrlRecord(verdict.Sha256, size, Validator(head, "ETag"), Validator(head, "Last-Modified"), verdict.Verdict),
            fence,
            cancellationToken);

    public ValueTask ForgetAsync(UrlKey key) => store.DropUrlAsync(key, CancellationToken.None);

    /// <summary>A validator as it came; none where upstream's is no header text, which a record does not take.</summary>
    private static string? Validator(UpstreamHead head, string name) =>
        head.First(name) is { Length: > 0 } text && !text.Any(char.IsControl) ? text : null;
}
