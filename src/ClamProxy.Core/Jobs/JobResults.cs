using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Objects;

namespace ClamProxy.Core.Jobs;

/// <summary>What became of jobs, for whoever asks: at once, or as soon as there is an outcome.</summary>
public sealed class JobResults
{
    /// <summary>An outcome that another process records is seen this much later at most.</summary>
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(500);

    private readonly JobStores _stores;
    private readonly JobCallbacks _callbacks;
    private readonly JobSignals _signals;
    private readonly TimeProvider _clock;

    internal JobResults(JobStores stores, JobCallbacks callbacks, JobSignals signals, TimeProvider clock) =>
        (_stores, _callbacks, _signals, _clock) = (stores, callbacks, signals, clock);

    /// <param name="wait">How long an outcome is waited for at most.</param>
    /// <returns>What is known by then; null: no such job, or its life is over.</returns>
    /// <exception cref="JobStoreException">The results cannot be read.</exception>
    public async Task<JobRecord?> FindAsync(string id, TimeSpan wait, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        using var listener = _signals.Listen(id, out var finished);
        while (true)
        {
            var record = await _stores.Results.FindAsync(id, cancellationToken).ConfigureAwait(false);
            var left = wait - _clock.GetElapsedTime(started);
            if (record is not { Outcome: null } || left <= TimeSpan.Zero)
            {
                return record;
            }

            // Once it was told here, the outcome is recorded: then it is not waited for again.
            var pause = left < s_lookAgain ? left : s_lookAgain;
            var waiting = finished.IsCompleted
                ? Task.Delay(pause, _clock, cancellationToken)
                : finished.WaitAsync(pause, _clock, cancellationToken);
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc cref="IResultStore.ListAsync"/>
    public Task<ResultPage> ListAsync(ResultFilter filter, string? cursor, int limit, CancellationToken cancellationToken) =>
        _stores.Results.ListAsync(filter, cursor, limit, cancellationToken);

    /// <summary>Brings a job's content here: the bytes that were scanned, or none.</summary>
    /// <param name="record">Of a job with an outcome.</param>
    /// <param name="client">In whose share of the spool it counts, where it has to be spooled.</param>
    public async Task<ObjectContent> OpenAsync(JobRecord record, string? client, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        foreach (var key in Keys(record))
        {
            var content = await _stores.Objects.OpenAsync(key, WaitingClients.Of(client), cancellationToken).ConfigureAwait(false);
            if (content is ObjectContent.Missing)
            {
                continue;
            }

            if (content is ObjectContent.Here here && record.Outcome?.Sha256 is { } scanned
                && await here.Content.Sha256.ConfigureAwait(false) != scanned)
            {
                here.Content.Dispose();
                return new ObjectContent.Failed(
                    new Failure(FailureReason.ContentChanged, "The content that is kept is not the one that was scanned."));
            }

            return content;
        }

        return new ObjectContent.Missing();
    }

    /// <summary>Removes a job: its content and its callbacks first, so that nothing is left that no result names.</summary>
    /// <returns>Null: it is gone, or there was none; else why it is not.</returns>
    /// <exception cref="JobStoreException">It may or may not be gone.</exception>
    public async Task<Failure?> DeleteAsync(JobRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        foreach (var key in Keys(record))
        {
            if (await _stores.Objects.DeleteAsync(key, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }

        await _callbacks.JobRemovedAsync(record.Job.Id, cancellationToken).ConfigureAwait(false);
        await _stores.Results.DeleteAsync(record.Job.Id, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>Where its content lies, or lay before it was moved.</summary>
    private static IEnumerable<string> Keys(JobRecord record) => new[] { record.Key, record.Job.Key }.Distinct();
}
