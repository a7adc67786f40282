using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>
/// Drops what is known and stored of an URL that an operator had forgotten. Its answers lie under keys that hold the fields of requests
/// too, so each key is dropped when the first request for it comes. What tells that answers vary stays: it answers nothing by itself.
/// </summary>
internal sealed class ForgottenUrls(
    VerdictCutoffs cutoffs, ContentStore store, StoredAnswers stored, UrlVerdicts urls, VerdictOptions options, TimeProvider clock)
{
    // Beyond this many an answer is dropped, and downloaded, once more than needed.
    private const int MostKeys = 10_000;

    // The keys that were dropped, and for which of several times.
    private readonly BoundedCache<object> _dropped = new(MostKeys, options.ForgottenFor, clock);

    public async ValueTask DropAsync(GateRequest request)
    {
        if (cutoffs.ForgottenAt(request.Target.Text) is not { } at)
        {
            return;
        }

        foreach (var keys in new[] { request.Keys.Content, request.Keys.Stored }.Distinct())
        {
            var (file, varies) = await stored.OpenAsync(keys, CancellationToken.None).ConfigureAwait(false);
            file?.Dispose();
            var known = await urls.FindAsync(keys, CancellationToken.None).ConfigureAwait(false);
            await DropAsync(keys.Of(varies), at).ConfigureAwait(false);
            await DropAsync(keys.Of(known.Varies ?? []), at).ConfigureAwait(false);
        }
    }

    private async ValueTask DropAsync(UrlKey key, DateTimeOffset at)
    {
        if (_dropped.TryGet(key.Text, out var earlier) && at.Equals(earlier))
        {
            return;
        }

        await store.ForgetAsync(key).ConfigureAwait(false);
        await urls.ForgetAsync(key).ConfigureAwait(false);
        _dropped.Set(key.Text, at);
    }
}
