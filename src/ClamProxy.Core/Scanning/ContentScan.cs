using ClamProxy.Core.Admission;
using ClamProxy.Core.Files;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>
/// What one flight of <see cref="ScanFlights"/> does:
/// <code>
///   1 known by its hash? ──yes──────────────────────────────► verdict
///     │no     (asked in the same moment: the lease on the hash)
///     ▼
///   2 another process scans it? ──its end, at most FollowScanFor──► 1, else on
///     │no
///     ▼
///   3 the scanners ──none, or too busy──────────────────────► failure
///     ▼
///   4 record by its hash ───────────────────────────────────► verdict
/// </code>
/// Steps 1 and 2 are for subjects of which earlier verdicts count. A Redis that is away leaves each process to itself.
/// </summary>
internal sealed class ContentScan(
    EngineScan engine, VerdictLookup known, IFlightLeases leases, ScanningOptions options, ScanningReport report, TimeProvider clock)
{
    /// <summary>The reader is opened before this first waits: whoever asked may let go of the content then.</summary>
    public async Task<ScanResult> RunAsync(ScanSubject subject, ISharedContent content, WaitingClients clients, CancellationToken stopping)
    {
        using var reader = content.OpenReader();
        if (!subject.MayReuse)
        {
            return await ScanAsync(subject, content, reader, clients, stopping).ConfigureAwait(false);
        }

        var sha256 = await content.Sha256.ConfigureAwait(false);
        if (subject.IsBackground)
        {
            return await known.FindAsync(sha256, stopping).ConfigureAwait(false) is { } earlier
                ? Known(earlier)
                : await ScanAsync(subject, content, reader, clients, stopping).ConfigureAwait(false);
        }

        // Steps 1 and 2, asked together: one round trip to Redis, not two.
        var key = UrlKey.For($"urn:clamproxy:scan:{sha256}", []);
        var asking = leases.TryTakeAsync(key, stopping).AsTask();
        try
        {
            var verdict = await known.FindAsync(sha256, stopping).ConfigureAwait(false);
            var attempt = await asking.ConfigureAwait(false);
            if (verdict is null && attempt.Outcome == LeaseOutcome.Held && await OtherEndsAsync(key, stopping).ConfigureAwait(false))
            {
                verdict = await known.FindAsync(sha256, stopping).ConfigureAwait(false);
                report.Shared(verdict is not null, "process");
            }

            return verdict is null ? await ScanAsync(subject, content, reader, clients, stopping).ConfigureAwait(false) : Known(verdict);
        }
        finally
        {
            // Nobody waits for it: it takes as long as one call of Redis may.
            _ = GiveBackAsync(asking);
        }
    }

    private static async Task GiveBackAsync(Task<LeaseAttempt> asking)
    {
        if ((await asking.ConfigureAwait(false)).Lease is { } lease)
        {
            await lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static ScanResult.Judged Known(ContentRecord verdict) => new(verdict) { IsKnown = true };

    /// <summary>Waits for another process's scan, within bounds.</summary>
    /// <returns>Whether it has ended; false: it takes too long, or Redis gives no answer.</returns>
    private async Task<bool> OtherEndsAsync(UrlKey key, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(options.FollowScanFor, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            return await leases.WaitAsync(key, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<ScanResult> ScanAsync(
        ScanSubject subject, ISharedContent content, IContentReader reader, WaitingClients clients, CancellationToken stopping)
    {
        // Step 3: the scanners
        var started = clock.GetTimestamp();
        var result = await engine.RunAsync(subject, new ScanForm(reader, () => content.Sha256), clients, stopping).ConfigureAwait(false);
        if (result is not ScanResult.Judged { Verdict: var verdict })
        {
            return result;
        }

        report.Scanned(subject, reader.Length, verdict, clock.GetElapsedTime(started));

        // Step 4: record by its hash
        if (subject.MayRecord && ScanVerdict.IsLasting(verdict))
        {
            using var span = ScanningTrace.Record();
            await known.RecordAsync(verdict, stopping).ConfigureAwait(false);
        }

        return result;
    }
}
