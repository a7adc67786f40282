using ClamProxy.Core.Admission;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching;

/// <summary>
/// Gives a coded answer as what it decodes to, for a client that takes none of its codings (RFC 9110 §12.5.3). What is sent is compared
/// with what was scanned, and lives in the spool: a slow client holds no decoder. Of a stored answer it is stored too, as the content of
/// its own that it is, so that an nginx that asks without codings costs one decoding and no more.
/// </summary>
public sealed class DecodedAnswers
{
    private readonly DecodedSpool _decoding;
    private readonly ContentStore _store;

    internal DecodedAnswers(DecodedSpool decoding, ContentStore store) => (_decoding, _store) = (decoding, store);

    /// <param name="request">What was asked for.</param>
    /// <param name="file">The answer; it stays the caller's. Its head has <see cref="UpstreamHead.Decoded"/>.</param>
    /// <param name="clientGone">Ends it.</param>
    /// <returns>The answer without its codings, the caller's to dispose of; or why there is none.</returns>
    public async Task<(GateResult.Whole? File, Failure? Failure)> OpenAsync(
        GateRequest request, GateResult.Whole file, CancellationToken clientGone)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(file);
        var scanned = file.Head.Decoded ?? throw new ArgumentException("The answer has no codings.", nameof(file));
        var key = UrlKey.For($"urn:clamproxy:decoded:{file.Verdict.Sha256}:{scanned.Verdict.Sha256}", []);
        if (file.Place is not null && await FindAsync(key, scanned, clientGone).ConfigureAwait(false) is { } kept)
        {
            return (AsDecoded(file, scanned) with { Body = kept, Place = file.Place with { Location = kept.Location } }, null);
        }

        var codings = ContentCodings.Of(file.Head.All("Content-Encoding"));
        switch (await _decoding.FillAsync(file.Body, codings.Layers, isGuess: false, WaitingClients.Of(request.Client), clientGone)
            .ConfigureAwait(false))
        {
            case DecodeResult.NotTaken notTaken:
                return (null, notTaken.Failure);
            case DecodeResult.Decoded { Content.File: var decoded } when await IsAsScannedAsync(decoded, scanned).ConfigureAwait(false):
                using (decoded)
                {
                    await KeepAsync(key, file, scanned, decoded, clientGone).ConfigureAwait(false);
                    return (AsDecoded(file, scanned) with { Body = decoded.OpenReader(request.Client) }, null);
                }

            case var other:
                (other as DecodeResult.Decoded)?.Content.File.Dispose();
                return (null, new Failure(
                    FailureReason.Internal, "An answer decodes to something else than it did when it was scanned."));
        }
    }

    private static async ValueTask<bool> IsAsScannedAsync(SpoolFile decoded, DecodedContent scanned) =>
        await decoded.Sha256.ConfigureAwait(false) == scanned.Verdict.Sha256;

    private static GateResult.Whole AsDecoded(GateResult.Whole file, DecodedContent scanned) => file with
    {
        Head = file.Head.AsDecoded(),
        Verdict = file.Verdict with { Sha256 = scanned.Verdict.Sha256 },
        Place = file.Place is { } place ? place with { Location = null } : null,
    };

    private async ValueTask<StoredFile?> FindAsync(UrlKey key, DecodedContent scanned, CancellationToken clientGone)
    {
        var kept = await _store.OpenAsync(key, clientGone).ConfigureAwait(false);
        if (kept?.Sha256 == scanned.Verdict.Sha256)
        {
            return kept;
        }

        kept?.Dispose();
        return null;
    }

    private async ValueTask KeepAsync(
        UrlKey key, GateResult.Whole file, DecodedContent scanned, SpoolFile decoded, CancellationToken clientGone)
    {
        if (file.Place is not null && scanned.Verdict.Verdict == Verdict.Clean)
        {
            await _store.KeepAsync(
                key, StoredHead.None, scanned.Verdict, decoded.File, decoded.Length, clientGone).ConfigureAwait(false);
            decoded.GiveRoomBackIfStored();
        }
    }
}
