using ClamProxy.Core.Clamd;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>Has a spooled body scanned, in every form that a client may take it in.</summary>
internal sealed class ContentScan(ClamdPool scanners, long maxDecodedSize, TimeProvider clock)
{
    /// <summary>Scans a coded body twice: some clients decode it, others (pip, curl -O, wget) keep the bytes as they came.</summary>
    /// <returns>The verdict, or why there is none.</returns>
    public async Task<(ContentRecord? Verdict, Failure? Failure)> RunAsync(
        SpoolFile body, IReadOnlyList<Coding> codings, CancellationToken cancelled)
    {
        using var reader = body.OpenReader();
        Stream Open() => new SpoolStream(reader);
        var asSent = await RunAsync(body, new ScanSource(body.Length, body.File, Open), cancelled).ConfigureAwait(false);
        return codings.Count > 0 && asSent.Verdict is { Verdict: Verdict.Clean }
            ? await RunAsync(body, new ScanSource(-1, null, () => ContentCoding.Decode(Open(), codings, maxDecodedSize)), cancelled).ConfigureAwait(false)
            : asSent;
    }

    private async Task<(ContentRecord? Verdict, Failure? Failure)> RunAsync(SpoolFile body, ScanSource source, CancellationToken cancelled)
    {
        try
        {
            var report = await scanners.ScanAsync(source, cancelled).ConfigureAwait(false);
            return ScanVerdict.Of(report, await body.Sha256.ConfigureAwait(false), clock.GetUtcNow());
        }
        catch (ContentCodingException e)
        {
            return (ScanVerdict.Unscannable(UnscannableReason.Coding, e.Message, await body.Sha256.ConfigureAwait(false), clock.GetUtcNow()), null);
        }
        catch (ContentTooLargeException e)
        {
            return (ScanVerdict.Unscannable(UnscannableReason.TooLarge, e.Message, await body.Sha256.ConfigureAwait(false), clock.GetUtcNow()), null);
        }
    }
}
