using ClamProxy.Core.Clamd;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>Has a body scanned, in every form that a client may take it in.</summary>
internal sealed class ContentScan(ClamdPool scanners, SpoolFolder spools, TimeProvider clock)
{
    /// <summary>Scans a coded body twice: some clients decode it, others (pip, curl -O, wget) keep the bytes as they came.</summary>
    /// <param name="body">What is scanned.</param>
    /// <param name="codings">Its content codings.</param>
    /// <param name="client">Who asked for it.</param>
    /// <param name="cancelled">Ends the wait.</param>
    /// <returns>The verdict, or why there is none.</returns>
    public async Task<(ContentRecord? Verdict, Failure? Failure)> RunAsync(
        SpoolFile body, IReadOnlyList<Coding> codings, string? client, CancellationToken cancelled)
    {
        using var reader = body.OpenReader();
        Stream Open() => new SpoolStream(reader);
        var asSent = await RunAsync(body.Sha256, new ScanSource(body.Length, body.File, Open) { Client = client }, cancelled).ConfigureAwait(false);
        return codings.Count > 0 && asSent.Verdict is { Verdict: Verdict.Clean }
            ? await RunAsync(body.Sha256, new ScanSource(-1, null, () => ContentCoding.Decode(Open(), codings, spools.MaxFileSize)) { Client = client }, cancelled).ConfigureAwait(false)
            : asSent;
    }

    /// <summary>Scans a stored body again; those have no content coding.</summary>
    public Task<(ContentRecord? Verdict, Failure? Failure)> RunAsync(StoredFile file, string? client, bool isBackground, CancellationToken cancelled) =>
        RunAsync(
            Task.FromResult(file.Sha256),
            new ScanSource(file.Length, file.File, () => new SpoolStream(file)) { Client = client, IsBackground = isBackground },
            cancelled);

    private async Task<(ContentRecord? Verdict, Failure? Failure)> RunAsync(Task<string> sha256, ScanSource source, CancellationToken cancelled)
    {
        try
        {
            var report = await scanners.ScanAsync(source, cancelled).ConfigureAwait(false);
            return ScanVerdict.Of(report, await sha256.ConfigureAwait(false), clock.GetUtcNow());
        }
        catch (ContentCodingException e)
        {
            return (ScanVerdict.Unscannable(UnscannableReason.Coding, e.Message, await sha256.ConfigureAwait(false), clock.GetUtcNow()), null);
        }
        catch (ContentTooLargeException e)
        {
            return (ScanVerdict.Unscannable(UnscannableReason.TooLarge, e.Message, await sha256.ConfigureAwait(false), clock.GetUtcNow()), null);
        }
    }
}
