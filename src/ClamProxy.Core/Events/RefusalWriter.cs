using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Events;

/// <summary>Writes refusals to the queue of each target, as many together as wait.</summary>
internal sealed class RefusalWriter(
    RefusalEvents refusals, EventQueue queue, EventOptions options, EventReport report, TimeProvider clock) : BackgroundService
{
    private const int MostTogether = 256;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastWriteWithin = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (refusals.Waiting is not { } waiting)
        {
            return;
        }

        var together = new List<OutgoingEvent>(MostTogether);
        while (!stoppingToken.IsCancellationRequested)
        {
            await ((Task)waiting.WaitToReadAsync(stoppingToken).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (together.Count < MostTogether && waiting.TryRead(out var refusal))
            {
                together.Add(EventOf(refusal));
            }

            if (await queue.TryAddAsync(together, report, stoppingToken).ConfigureAwait(false))
            {
                together.Clear();
            }
            else
            {
                await Task.Delay(s_pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            report.NotTaken(refusals.TakeDropped());
        }

        // What was refused until now outlasts the process, as far as there is time.
        using var late = new CancellationTokenSource(s_lastWriteWithin, clock);
        while (waiting.TryRead(out var refusal))
        {
            together.Add(EventOf(refusal));
        }

        await queue.TryAddAsync(together, report, late.Token).ConfigureAwait(false);
        report.NotTaken(refusals.TakeDropped());
    }

    private OutgoingEvent EventOf(Refusal refusal) => CloudEvent.Make(
        CloudEvent.NewId(refusal.At),
        EventKind.Refused,
        options.From,
        refusal.Verdict.Sha256,
        refusal.At,
        RefusalData.Of(refusal),
        EventJson.Default.RefusalData,
        clock.GetUtcNow());
}
