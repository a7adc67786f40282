using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>
/// Drops what is known and stored of an URL that an operator had forgotten, or that a request has changed here. Its answers lie under keys
/// that hold the fields of requests too, so each key is dropped when the first request for it comes. What tells that answers vary stays:
/// it answers nothing by itself.
/// </summary>
internal sealed class ForgottenUrls(
    VerdictCutoffs cutoffs,
    ContentStore store,
    StoredAnswers stored,
    UrlVerdicts urls,
    Invalidations invalidations,
    VerdictOptions options,
    TimeProvider clock)
{
    // Beyond this many an answer is dropped, and downloaded, once more than needed.
    private const int MostKeys = 10_000;

    // The keys that were dropped, and for which of several times.
    private readonly BoundedCache<object> _dropped = new(MostKeys, options.ForgottenFor, clock);

    // Apart from what operators had forgotten, whose number is bounded for good: clients must not use that up.
    private readonly BoundedCache<object> _changed = new(MostKeys, options.ForgottenFor, clock);

    /// <summary>
    /// What is kept of an URL is stale: a request that changes things there has succeeded (RFC 9111 §4.4). Its plain answer is dropped at
    /// once, for all processes that share it; those that hold further fields when they are asked for here. One that was asked for before,
    /// and is kept only now, is asked about again.
    /// </summary>
    public async ValueTask ChangedAsync(GateRequest plain)
    {
        _changed.Set(Invalidations.NameOf(plain.Target), clock.GetUtcNow());
        invalidations.Note(plain.Target);
        await DropAsync(plain).ConfigureAwait(false);
    }

    public async ValueTask DropAsync(GateRequest request)
    {
        var (forgotten, changed) = (
            cutoffs.ForgottenAt(request.Target.Text),
            _changed.TryGet(Invalidations.NameOf(request.Target), out var time) ? (DateTimeOffset?)time : null);
        if ((forgotten > changed ? forgotten : changed ?? forgotten) is not { } at)
        {
            return;
        }

        foreach (var keys in new[] { request.Keys.Content, request.Keys.Stored }.Distinct())
        {
            var (file, varies) = await stored.OpenAsync(keys, CancellationToken.None).ConfigureAwait(false);
            // Of what may change it is known when upstream was asked for it: that may have been since.
            var isNewer = request.Freshness is not null && keys == request.Keys.Stored && file?.ConfirmedAt > at;
            file?.Dispose();
            if (isNewer)
            {
                continue;
            }

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
