using System.Collections.Concurrent;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>
/// Receives the workers' answers and gives each to the scan that waits for it. One that nobody waits for any more is dropped.
/// </summary>
internal sealed class ScanAnswers(
    IScanExchange exchange, VerdictMessages verdicts, WorkerRoster workers, DoorScanReport report, TimeProvider clock) : BackgroundService
{
    /// <summary>What stands for the hash of a content that was not taken, for nobody has read it.</summary>
    public static readonly string Unseen = new('0', 64);

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<ScanAnswer>> _waiting = new(StringComparer.Ordinal);

    /// <summary>What workers know this process by.</summary>
    public string Asker { get; } = ProcessName.Unique();

    /// <summary>To be called before the job is queued, and disposed of when nobody waits any more.</summary>
    public Expected Expect(string id)
    {
        var answer = new TaskCompletionSource<ScanAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        return new Expected(this, id, answer.Task);
    }

    /// <returns>Null: the verdict is not to be believed.</returns>
    public ContentRecord? Read(Job job, string sha256, string verdict)
    {
        var record = verdicts.Read(AboutOf(job), sha256, verdict);
        if (record is null)
        {
            report.NotBelieved(job);
        }

        return record;
    }

    /// <summary>What a verdict's signature binds it to: this job and no other.</summary>
    internal static string AboutOf(Job job) => $"scan:{job.Id}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var answer in await exchange.TakeAnswersAsync(Asker, s_wait, stoppingToken).ConfigureAwait(false))
                {
                    workers.Learn(answer.Worker);
                    if (_waiting.TryGetValue(answer.Id, out var waiting))
                    {
                        waiting.TrySetResult(answer);
                    }
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (JobStoreException)
            {
                // The roster tells of an exchange that is away, and whoever waits has a deadline.
                await Task.Delay(s_rest, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>One wait.</summary>
    internal sealed class Expected(ScanAnswers all, string id, Task<ScanAnswer> answer) : IDisposable
    {
        public Task<ScanAnswer> Answer { get; } = answer;

        public void Dispose() => all._waiting.TryRemove(id, out _);
    }
}
