using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Requests;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Deliveries;

/// <summary>
/// Names those who took a content that turns out to be infected: one event for each content, and one more for each later delivery that was
/// under way by then.
/// </summary>
public sealed class LateDetections : BackgroundService
{
    private const int MostWaiting = 1000;

    /// <summary>
    /// Contents that are looked up no more while their verdict is the same. All of them are forgotten when there are more.
    /// </summary>
    private const int MostKnown = 10_000;

    private readonly Channel<Detection> _waiting = Channel.CreateBounded<Detection>(MostWaiting);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _known = new(StringComparer.Ordinal);
    private readonly DeliveryRecord _record;
    private readonly DeliveryMetrics _metrics;
    private readonly ILogger<LateDetections> _logger;
    private readonly RecentDetections _recent;
    private readonly TimeProvider _clock;

    public LateDetections(
        DeliveryRecord record, DeliveryMetrics metrics, RecentDetections recent, TimeProvider clock, ILogger<LateDetections> logger)
    {
        ArgumentNullException.ThrowIfNull(record);
        (_record, _metrics, _recent, _clock, _logger) = (record, metrics, recent, clock, logger);
        record.DeliveredLate += sha256 => _waiting.Writer.TryWrite(new(sha256, null, null));
    }

    /// <summary>Is told of detections outside of this process; null: nobody is.</summary>
    internal DetectionListener? Listener { get; set; }

    /// <summary>Somebody has learned this of a content. Never waits.</summary>
    public void Seen(ContentRecord verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        if (verdict is not { Verdict: Verdict.Infected, Sha256.Length: > 0 }
            || !_record.IsOn
            || (_known.TryGetValue(verdict.Sha256, out var at) && at >= verdict.ScannedAt))
        {
            return;
        }

        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        // What finds no place is taken when it is seen again.
        if (_waiting.Writer.TryWrite(new(verdict.Sha256, verdict.Signature, _clock.GetUtcNow())))
        {
            _known[verdict.Sha256] = verdict.ScannedAt;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var detection in _waiting.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                await TellAsync(detection, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host would log it as an error where it could not start.
        }
    }

    private async Task TellAsync(Detection detection, CancellationToken stopping)
    {
        try
        {
            var (sha256, listener) = (detection.Sha256, Listener);
            var since = listener is null ? 0 : await _record.Store!.ToldAsync(sha256, stopping).ConfigureAwait(false);
            if (listener is not null)
            {
                await listener.BeginAsync(sha256, since, stopping).ConfigureAwait(false);
            }

            var takers = await _record.DetectAsync(sha256, detection.Signature, detection.At, stopping).ConfigureAwait(false);
            Tell(takers);
            if (listener is not null)
            {
                await listener.EndAsync(sha256, since, takers.Rows > 0, stopping).ConfigureAwait(false);
            }
        }
        catch (IOException e)
        {
            _known.TryRemove(detection.Sha256, out _);
            _logger.NotFound(detection.Sha256, e.Message);
        }
    }

    private void Tell(Takers takers)
    {
        if (takers.Rows == 0)
        {
            return;
        }

        _metrics.Detected();
        var since = takers.Some.Min(taker => taker.First);
        _recent.Add(new(_clock.GetUtcNow(), takers.Sha256, takers.Signature, takers.Clients, since));
        var more = takers.Rows - takers.Some.Count;
        _logger.Detected(
            takers.Signature ?? "unnamed",
            takers.Sha256,
            takers.Clients == 1 ? "one client" : $"{takers.Clients} clients",
            since,
            string.Join("; ", takers.Some.Select(InWords)) + (more > 0 ? $"; and {more} more" : ""),
            takers.Sha256);
    }

    private static string InWords(Taker taker) => string.Create(
        CultureInfo.InvariantCulture,
        $"{PlainWord.Of(taker.Client)}{OfUser(taker.User)} {PlainWord.Of(taker.Url)} {taker.Last:u}");

    private static string OfUser(string? user) => user is null ? "" : $" ({PlainWord.Of(user)})";

    /// <param name="At">When it was found; null: before, and a delivery came after.</param>
    private readonly record struct Detection(string Sha256, string? Signature, DateTimeOffset? At);
}
