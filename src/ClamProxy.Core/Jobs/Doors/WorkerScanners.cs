using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Scanning;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>
/// The scanners of workers in other processes.
/// <code>
///   content ──► 1 kept in the object store ──► 2 queued, until the deadline ──► 3 answered ──► verdict, if it is of these bytes
///                 │no room, store away           │queue full, away               │deadline, no verdict
///                 └──────────────────────────────┴───────────────────────────────┴──► failure, and never a pass
///   4 in any case: the content is removed, and the job where nobody has answered it
/// </code>
/// What a process that is killed leaves carries its deadline, and is removed by <see cref="JobSweep"/>.
/// </summary>
internal sealed class WorkerScanners(
    JobStores stores, ScanAnswers answers, WorkerRoster workers, DoorScanOptions options, DoorScanReport report, TimeProvider clock)
    : IScanners
{
    private static readonly Dictionary<string, int> s_noReloads = [];

    private readonly PriorityHosts _high = new(options.HighPriority);

    public int? NewestDatabase => workers.NewestDatabase;

    public bool CanScan => workers.MayWork;

    public IReadOnlyDictionary<string, int> Reloads => s_noReloads;

    public async Task<ScanResult> ScanAsync(ScanSubject subject, ScanForm form, WaitingClients clients, CancellationToken cancelled)
    {
        var started = clock.GetTimestamp();
        var job = Make(subject, form, clients);
        using var deadline = new CancellationTokenSource(options.ScanWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancelled);
        using var waiting = answers.Expect(job.Id);
        var (result, answer) = (default(ScanResult), default(ScanAnswer));
        try
        {
            // Steps 1 and 2: kept, queued
            result = await LeaveAsync(job, form, either.Token).ConfigureAwait(false);
            if (result is null)
            {
                // Step 3: answered
                answer = await waiting.Answer.WaitAsync(either.Token).ConfigureAwait(false);
                result = await ResultOfAsync(job, form, answer).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancelled.IsCancellationRequested)
        {
            result = Failed(FailureReason.ScannerUnavailable, "No worker gave a verdict in time (ClamProxy:Jobs:ScanWithin).");
        }
        finally
        {
            // Step 4
            await TakeBackAsync(job, isAnswered: answer is not null).ConfigureAwait(false);
        }

        report.Ended(job, result, answer, clock.GetElapsedTime(started));
        return result;
    }

    private static ScanResult.Failed Failed(FailureReason reason, string detail, Exception? cause = null) =>
        new(new Failure(reason, detail, cause));

    /// <summary>Whose turn it is at the worker's scanners: one of those who wait.</summary>
    private static string? OneOf(WaitingClients clients)
    {
        string? one = null;
        using var look = clients.Follow(client => one ??= client, (_, _) => { });
        return string.IsNullOrEmpty(one) ? null : one;
    }

    private Job Make(ScanSubject subject, ScanForm form, WaitingClients clients)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString();
        var until = (now + options.ScanWithin).ToUnixTimeMilliseconds();
        var key = DoorScan.KeyOf(id, until);
        return new Job(id, stores.Objects.Name, key, "content", _high.PriorityOf(subject.Source), now)
        {
            Size = form.Content.Length,
            Client = subject.IsBackground ? null : OneOf(clients),
            Door = new DoorScan(answers.Asker, until, subject.MayReuse, subject.MayRecord),
        };
    }

    /// <returns>Why it cannot be left; null: a worker will take it.</returns>
    private async Task<ScanResult.Failed?> LeaveAsync(Job job, ScanForm form, CancellationToken cancelled)
    {
        if (await stores.Objects.PutAsync(job.Key, form.Content, cancelled).ConfigureAwait(false) is { } notKept)
        {
            return new ScanResult.Failed(notKept);
        }

        try
        {
            return await stores.Queue.AddAsync(job, cancelled).ConfigureAwait(false)
                ? null
                : Failed(FailureReason.Overloaded, "As many scans wait for workers as may (ClamProxy:Jobs:MaxWaiting).");
        }
        catch (JobStoreException e)
        {
            return Failed(FailureReason.JobsUnavailable, "The queue to the workers cannot be used at the moment.", e);
        }
    }

    /// <summary>
    /// A verdict counts only where it names the hash of the bytes that are here. That a content is too large is one too: a policy may let
    /// such a content pass.
    /// </summary>
    private async Task<ScanResult> ResultOfAsync(Job job, ScanForm form, ScanAnswer answer)
    {
        if (answer.Failure == FailureReason.TooLarge.Facts().Tag)
        {
            return answers.Read(job, ScanAnswers.Unseen, answer.Verdict ?? "") is { Reason: Verdicts.UnscannableReason.TooLarge } told
                ? new ScanResult.Judged(told with { Sha256 = await form.Sha256().ConfigureAwait(false) })
                : NotBelieved();
        }

        if (answer.Verdict is { } text)
        {
            return answers.Read(job, await form.Sha256().ConfigureAwait(false), text) is { } verdict
                ? new ScanResult.Judged(verdict)
                : NotBelieved();
        }

        var detail = answer.Detail ?? "A worker gave no verdict.";
        return answer.Failure == FailureReason.Overloaded.Facts().Tag
            ? Failed(FailureReason.Overloaded, detail)
            : Failed(FailureReason.ScannerUnavailable, detail);
    }

    private static ScanResult.Failed NotBelieved() =>
        Failed(FailureReason.ScannerUnavailable, "A worker gave an answer that is not to be believed.");

    private async Task TakeBackAsync(Job job, bool isAnswered)
    {
        try
        {
            var isLeft = await stores.Objects.DeleteAsync(job.Key, CancellationToken.None).ConfigureAwait(false);
            if (!isAnswered)
            {
                await stores.Queue.RemoveAsync(job, CancellationToken.None).ConfigureAwait(false);
            }

            if (isLeft is { } failure)
            {
                report.NotTakenBack(job, failure.Cause);
            }
        }
        catch (JobStoreException e)
        {
            report.NotTakenBack(job, e);
        }
    }
}
