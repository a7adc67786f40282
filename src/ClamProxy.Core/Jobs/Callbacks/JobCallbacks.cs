namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>
/// Who is to be told of jobs' ends. A callback is added before its job is looked at, and a job's outcome is recorded before its callbacks
/// are looked for: whichever comes second finds the other. What a killed process leaves between the two is looked at when it is due.
/// </summary>
public sealed class JobCallbacks
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_lookAgainMost = TimeSpan.FromMinutes(10);

    private readonly JobStores _stores;
    private readonly CallbackOptions _options;
    private readonly CallbackTargets _targets;
    private readonly CallbackReport _report;
    private readonly TimeProvider _clock;

    internal JobCallbacks(
        JobStores stores,
        CallbackOptions options,
        CallbackTargets targets,
        CallbackReport report,
        TimeProvider clock) =>
        (_stores, _options, _targets, _report, _clock, Due) = (stores, options, targets, report, clock, new Wakeup(clock));

    /// <summary>Wakes the deliveries of this process when a callback may be due at once. What other processes make due, they look for.
    /// </summary>
    internal Wakeup Due { get; }

    /// <summary>Why a callback to this URL is not taken, in one sentence; null: it is.</summary>
    public string? ProblemOf(string url)
    {
        if (!_options.AreOn)
        {
            return "Callbacks are not taken: they are signed, and CALLBACK_SECRETS is not set. Ask for GET /result/{id}?wait=30s instead.";
        }

        _ = _targets.Check(url, out var problem);
        return problem;
    }

    /// <summary>Adds a callback to a job that is known, which may have ended.</summary>
    /// <returns>Null: it is added, or there already; else why it is not.</returns>
    /// <exception cref="JobStoreException">It may or may not be added.</exception>
    public async Task<string?> SubscribeAsync(JobRecord record, string url, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (ProblemOf(url) is { } problem)
        {
            return problem;
        }

        if (!await AddAsync(record, url, cancellationToken).ConfigureAwait(false))
        {
            return $"The job has {_options.MaxPerJob} callbacks, as many as it may (ClamProxy:Callbacks:MaxPerJob).";
        }

        // It may have ended, or been deleted, since it was looked up.
        await LookAgainAsync(record.Job.Id, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <returns>False: there was none.</returns>
    /// <exception cref="JobStoreException">It may or may not be gone.</exception>
    public Task<bool> UnsubscribeAsync(string jobId, string url, CancellationToken cancellationToken) =>
        _stores.Callbacks.RemoveAsync(jobId, url, cancellationToken);

    /// <summary>All of a job, those that are over included.</summary>
    /// <exception cref="JobStoreException">They cannot be read.</exception>
    public Task<IReadOnlyList<Callback>> ListAsync(string jobId, CancellationToken cancellationToken) =>
        _stores.Callbacks.ListAsync(jobId, cancellationToken);

    /// <summary>Adds a callback to a job that is not queued yet.</summary>
    internal Task AddFirstAsync(Job job, string url, CancellationToken cancellationToken) =>
        AddAsync(new JobRecord(job, null), url, cancellationToken);

    /// <summary>A job's outcome is recorded: its callbacks are due.</summary>
    /// <exception cref="JobStoreException">They are found later.</exception>
    internal async Task JobEndedAsync(string jobId, CancellationToken cancellationToken)
    {
        if (_options.AreOn)
        {
            await _stores.Callbacks.WakeAsync(jobId, cancellationToken).ConfigureAwait(false);
            Due.Wake();
        }
    }

    /// <summary>A job is removed: nobody is told of it any more.</summary>
    /// <exception cref="JobStoreException">They may be left; they end when they are due.</exception>
    internal async Task JobRemovedAsync(string jobId, CancellationToken cancellationToken) =>
        _report.Ended(jobId, await _stores.Callbacks.RemoveAllAsync(jobId, cancellationToken).ConfigureAwait(false));

    /// <summary>Gives back one whose job is still pending.</summary>
    internal async Task PostponeAsync(TakenCallback taken, CancellationToken cancellationToken)
    {
        // The longer a job has waited, the more rarely it is looked at.
        var now = _clock.GetUtcNow();
        var waited = now - taken.Callback.AddedAt;
        var pause = waited < s_lookAgain ? s_lookAgain : waited < s_lookAgainMost ? waited : s_lookAgainMost;
        var waiting = taken.Callback with { State = CallbackState.Waiting };
        await _stores.Callbacks.SettleAsync(taken, waiting, now + pause, cancellationToken).ConfigureAwait(false);
        await LookAgainAsync(taken.Callback.JobId, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> AddAsync(JobRecord record, string url, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var isDue = record.Outcome is not null;
        var callback = Callback.New(record.Job.Id, url, now) with { State = isDue ? CallbackState.Due : CallbackState.Waiting };
        var addition = await _stores.Callbacks.AddAsync(
            callback, isDue ? now : now + s_lookAgain, _options.MaxPerJob, cancellationToken).ConfigureAwait(false);
        Due.Wake();
        return addition is not CallbackAddition.Full;
    }

    private async Task LookAgainAsync(string jobId, CancellationToken cancellationToken)
    {
        var record = await _stores.Results.FindAsync(jobId, cancellationToken).ConfigureAwait(false);
        if (record is null)
        {
            await JobRemovedAsync(jobId, cancellationToken).ConfigureAwait(false);
        }
        else if (record.Outcome is not null)
        {
            await JobEndedAsync(jobId, cancellationToken).ConfigureAwait(false);
        }
    }
}
