using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Identity;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>
/// What an operator asks about: what is known of a URL or a content, and its end. Answers that were made for one client's credentials or
/// for fields that the operator forwards have keys that hold these, so that they are not found here; their end reaches them all the same
/// (<see cref="ForgottenUrls"/>).
/// </summary>
public sealed class KnownAnswers
{
    private readonly StoredAnswers _stored;
    private readonly UrlVerdicts _urls;
    private readonly ForgottenUrls _forgotten;
    private readonly VerdictLookup _contents;
    private readonly VerdictCutoffs _cutoffs;
    private readonly ContentStore _store;

    internal KnownAnswers(
        StoredAnswers stored,
        UrlVerdicts urls,
        ForgottenUrls forgotten,
        VerdictLookup contents,
        VerdictCutoffs cutoffs,
        ContentStore store) =>
        (_stored, _urls, _forgotten, _contents, _cutoffs, _store) = (stored, urls, forgotten, contents, cutoffs, store);

    /// <summary>The last verdict of a content; null: nothing is known of it.</summary>
    public async ValueTask<KnownContent?> FindAsync(string sha256, CancellationToken cancellationToken) =>
        await _contents.FindLastAsync(sha256, cancellationToken).ConfigureAwait(false) is { } last
            ? new KnownContent(last, _contents.IsCurrent(last))
            : null;

    /// <summary>What is known of a URL's answers: as an immutable file, and as one that may change; each content once.</summary>
    /// <param name="target">The URL.</param>
    /// <param name="identities">As whom it may have been asked for; null among them: as nobody in particular.</param>
    public async Task<IReadOnlyList<KnownUrl>> FindAsync(
        Target target, IEnumerable<UpstreamIdentity?> identities, CancellationToken cancellationToken)
    {
        List<KnownUrl> found = [];
        foreach (var request in RequestsFor(target, identities))
        {
            await _forgotten.DropAsync(request).ConfigureAwait(false);
            if (await FindAsync(request, cancellationToken).ConfigureAwait(false) is { } known
                && !found.Exists(other => other.Sha256 == known.Sha256))
            {
                found.Add(known);
            }
        }

        return found;
    }

    /// <summary>Removes a content: its verdict and the stored file. It is downloaded and scanned again when next asked for.</summary>
    /// <returns>Whether there was a verdict and a file; null: as many are forgotten already as MaxForgotten allows.</returns>
    public async Task<(bool Verdict, bool File)?> PurgeAsync(string sha256, CancellationToken cancellationToken)
    {
        var verdict = await _contents.FindLastAsync(sha256, cancellationToken).ConfigureAwait(false);
        var length = await _store.FindLengthAsync(sha256).ConfigureAwait(false);
        if (!_cutoffs.TryForgetContent(sha256))
        {
            return null;
        }

        await _store.DropAsync(sha256).ConfigureAwait(false);
        return (verdict is not null, length is not null);
    }

    /// <summary>Removes what is known and stored of a URL, with the contents that it led to.</summary>
    /// <returns>How many answers, verdicts and files were found and removed; null as above.</returns>
    /// <inheritdoc cref="FindAsync(Target, IEnumerable{UpstreamIdentity}, CancellationToken)"/>
    public async Task<(int Answers, int Verdicts, int Files)?> PurgeAsync(
        Target target, IReadOnlyList<UpstreamIdentity?> identities, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var found = await FindAsync(target, identities, cancellationToken).ConfigureAwait(false);
        if (!_cutoffs.TryForgetUrl(target.Text))
        {
            return null;
        }

        foreach (var request in RequestsFor(target, identities))
        {
            await _forgotten.DropAsync(request).ConfigureAwait(false);
        }

        var (verdicts, files) = (0, 0);
        foreach (var sha256 in found.SelectMany(known => known.Contents))
        {
            if (await PurgeAsync(sha256, cancellationToken).ConfigureAwait(false) is not { } purged)
            {
                return null;
            }

            verdicts += purged.Verdict ? 1 : 0;
            files += purged.File ? 1 : 0;
        }

        return (found.Count, verdicts, files);
    }

    private async ValueTask<KnownUrl?> FindAsync(GateRequest request, CancellationToken cancellationToken)
    {
        var (file, _) = await _stored.OpenAsync(request.Keys.Stored, cancellationToken).ConfigureAwait(false);
        if (file is not null)
        {
            using (file)
            {
                var last = await FindAsync(file.Sha256, cancellationToken).ConfigureAwait(false);
                var ofFile = new KnownContent(file.Verdict, _contents.IsCurrent(file.Verdict));
                return file.StoredAt < _cutoffs.Forget ? null : new KnownUrl(file.Sha256, file.Length, last ?? ofFile, file.StoredAt)
                {
                    DecodedSha256 = file.Head.Decoded?.Verdict.Sha256,
                };
            }
        }

        return await _urls.FindRecordAsync(request.Keys.Content, cancellationToken).ConfigureAwait(false) is { } url
            && await FindAsync(url.Sha256, cancellationToken).ConfigureAwait(false) is { } content
                ? new KnownUrl(url.Sha256, url.Size, content, null)
                : null;
    }

    private static IEnumerable<GateRequest> RequestsFor(Target target, IEnumerable<UpstreamIdentity?> identities) =>
        identities.SelectMany(identity => new[]
        {
            new GateRequest(target, [], CacheScan: true) { Identity = identity },
            new GateRequest(target, [], CacheScan: false) { Identity = identity, Freshness = new(TimeSpan.Zero, TimeSpan.Zero) },
        });
}
