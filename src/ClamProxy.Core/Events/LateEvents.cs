using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Sqlite;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Events;

/// <summary>
/// Puts late detections into the queue of each target: all who took the content, in numbered events. What is to be told is in the queue's
/// database before the record is told that it is, and until the events are there: neither a crash nor a full disk loses one.
/// </summary>
internal sealed class LateEvents : BackgroundService
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(1);
    private readonly DeliveryRecord _record;
    private readonly EventQueue _queue;
    private readonly EventOptions _options;
    private readonly EventReport _report;
    private readonly TimeProvider _clock;

    public LateEvents(
        DeliveryRecord record, LateDetections late, EventQueue queue, EventOptions options, EventReport report, TimeProvider clock)
    {
        (_record, _queue, _options, _report, _clock) = (record, queue, options, report, clock);
        late.Listener = new DetectionListener(BeginAsync, EndAsync);
    }

    /// <inheritdoc cref="DetectionListener"/>
    internal Task BeginAsync(string sha256, long since, CancellationToken cancelled) =>
        KeepAsync(sha256, step => LateTable.Add(step, sha256, since, isOurs: false), cancelled);

    /// <inheritdoc cref="DetectionListener"/>
    internal async Task EndAsync(string sha256, long since, bool isOurs, CancellationToken cancelled)
    {
        await KeepAsync(
            sha256,
            step => isOurs ? LateTable.Add(step, sha256, since, isOurs: true) : LateTable.Forget(step, sha256),
            cancelled).ConfigureAwait(false);
        _signal.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!await TellNextAsync(stoppingToken).ConfigureAwait(false))
            {
                // A read that is left behind would take the next signal.
                using var over = new CancellationTokenSource(s_lookAgain, _clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, over.Token);
                await ((Task)_signal.Reader.ReadAsync(either.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task KeepAsync(string sha256, Func<SqliteDatabase, int> step, CancellationToken cancelled)
    {
        try
        {
            await _queue.Database.RunAsync(step, cancelled).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            _report.LateNotAdded(sha256, e);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    /// <returns>Whether there may be another one.</returns>
    private async Task<bool> TellNextAsync(CancellationToken stopping)
    {
        var sha256 = "";
        try
        {
            if (_record.Store is not { } record
                || await _queue.Database.ReadAsync(LateTable.First, stopping).ConfigureAwait(false) is not { } detection)
            {
                return false;
            }

            sha256 = detection.Sha256;
            await TellAsync(record, detection, stopping).ConfigureAwait(false);
            await _queue.Database.RunAsync(step => LateTable.Done(step, detection), stopping).ConfigureAwait(false);
            return true;
        }
        catch (IOException e)
        {
            _report.LateNotAdded(sha256, e);
            return false;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task TellAsync(IDeliveryStore record, PendingDetection detection, CancellationToken stopping)
    {
        var (sha256, counted) = (detection.Sha256, new TopTakers(1));
        await foreach (var taker in record.TakersAsync(sha256, detection.Since, stopping).ConfigureAwait(false))
        {
            counted.Add(taker);
        }

        var found = await record.FindAsync(sha256, 1, stopping).ConfigureAwait(false);
        var all = counted.Of(sha256) with { Signature = found.Signature, DetectedAt = found.DetectedAt };
        var (part, some) = (1, new List<Taker>());
        await foreach (var taker in record.TakersAsync(sha256, detection.Since, stopping).ConfigureAwait(false))
        {
            some.Add(taker);
            if (some.Count == _options.MaxTakers)
            {
                await AddAsync(all, part++, some, stopping).ConfigureAwait(false);
                some.Clear();
            }
        }

        if (some.Count > 0)
        {
            await AddAsync(all, part, some, stopping).ConfigureAwait(false);
        }
    }

    private async Task AddAsync(Takers all, int part, IReadOnlyList<Taker> some, CancellationToken stopping)
    {
        // Of rows that came since they were counted.
        var parts = Math.Max(part, (int)((all.Rows + _options.MaxTakers - 1) / _options.MaxTakers));
        var now = _clock.GetUtcNow();
        var data = new LateData(
            all.Sha256,
            all.Signature ?? "unnamed",
            all.DetectedAt ?? now,
            all.Clients,
            all.Rows,
            part,
            parts,
            [.. some.Select(TakerRow.Of)]);
        var late = CloudEvent.Make(
            IdOf(all.Sha256, some),
            EventKind.DetectedLate,
            _options.From,
            all.Sha256,
            data.DetectedAt,
            data,
            EventJson.Default.LateData,
            now);
        _report.Added(await _queue.AddAsync([late], stopping).ConfigureAwait(false));
    }

    /// <summary>The same when the same takers are told again after a crash, so that receivers can drop the repetition.</summary>
    private static string IdOf(string sha256, IReadOnlyList<Taker> some) => "late_" + Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', some.Select(taker =>
            $"{taker.Client}\t{taker.User}\t{taker.Url}\t{taker.Door}\t{taker.Last.ToUnixTimeMilliseconds()}").Prepend(sha256))))
        .AsSpan(0, 16));
}
