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
    private readonly SharedDecodings _underWay = new();

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
        if (IsStored(file) && await FindAsync(key, scanned, clientGone).ConfigureAwait(false) is { } kept)
        {
            return (AsDecoded(file, scanned, kept.Location) with { Body = kept }, null);
        }

        var (body, failure) = await _underWay.RunAsync(
            key.Text,
            () => DecodeAsync(request, key, file, scanned, clientGone),
            decoded => decoded.OpenReader(request.Client),
            clientGone).ConfigureAwait(false);
        return (body is null ? null : AsDecoded(file, scanned) with { Body = body }, failure);
    }

    private async Task<(SpoolFile? File, Failure? Failure)> DecodeAsync(
        GateRequest request, UrlKey key, GateResult.Whole file, DecodedContent scanned, CancellationToken clientGone)
    {
        var codings = ContentCodings.Of(file.Head.All("Content-Encoding"));
        switch (await _decoding.FillAsync(file.Body, codings.Layers, isGuess: false, WaitingClients.Of(request.Client), clientGone)
            .ConfigureAwait(false))
        {
            case DecodeResult.NotTaken notTaken:
                return (null, notTaken.Failure);
            case DecodeResult.Decoded { Content.File: var decoded }:
                try
                {
                    if (await decoded.Sha256.ConfigureAwait(false) == scanned.Verdict.Sha256)
                    {
                        await KeepAsync(key, file, scanned, decoded, clientGone).ConfigureAwait(false);
                        return (decoded, null);
                    }
                }
                catch
                {
                    decoded.Dispose();
                    throw;
                }

                decoded.Dispose();
                goto default;
            default:
                return (null, new Failure(
                    FailureReason.Internal, "An answer decodes to something else than it did when it was scanned."));
        }
    }

    private static bool IsStored(GateResult.Whole file) => file.Place is not null || file.Trace.Keep == KeepOutcome.Kept;

    private static GateResult.Whole AsDecoded(GateResult.Whole file, DecodedContent scanned, string? location = null) => file with
    {
        Head = file.Head.AsDecoded(),
        Verdict = file.Verdict with { Sha256 = scanned.Verdict.Sha256 },
        Place = file.Place is { } place ? place with { Location = location } : null,
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
        if (IsStored(file) && scanned.Verdict.Verdict == Verdict.Clean)
        {
            await _store.KeepAsync(
                key, StoredHead.None, scanned.Verdict, decoded.File, decoded.Length, clientGone).ConfigureAwait(false);
            decoded.GiveRoomBackIfStored();
        }
    }
}
