namespace ClamProxy.Core.Jobs;

/// <summary>
/// Jobs that wait for a worker. Each is handed out at least once, to one worker at a time: who does not renew its lease in time loses the
/// job to another. What was added outlasts the process.
/// </summary>
internal interface IJobQueue
{
    /// <summary>Why it cannot be used at the moment, in words without secrets; null: nothing is known against it.</summary>
    string? Problem { get; }

    /// <returns>False: as many jobs as may wait do so already. True for a job that is in the queue already too.</returns>
    /// <exception cref="JobStoreException">It may or may not be in the queue.</exception>
    Task<bool> AddAsync(Job job, CancellationToken cancellationToken);

    /// <summary>Puts a job that is pending into the queue again, where it is not there.</summary>
    /// <returns>Whether it was put there; a queue that cannot tell puts it there (true: a job that is taken twice has one outcome all the
    /// same), or leaves that for later where much that may be older waits (false).</returns>
    /// <exception cref="JobStoreException">It may or may not be in the queue.</exception>
    Task<bool> AddAgainAsync(Job job, CancellationToken cancellationToken);

    /// <summary>Takes the next job, or waits for one.</summary>
    /// <param name="wait">For how long at most.</param>
    /// <returns>Null: none came.</returns>
    /// <exception cref="JobStoreException">The queue cannot be used.</exception>
    Task<TakenJob?> TakeAsync(TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Says that the job is still being worked on.</summary>
    /// <returns>False: another worker may have it.</returns>
    /// <exception cref="JobStoreException">Whether it was renewed is not known.</exception>
    Task<bool> RenewAsync(TakenJob taken, CancellationToken cancellationToken);

    /// <summary>Its result is recorded: it leaves the queue, if this worker still has it.</summary>
    /// <exception cref="JobStoreException">It may be handed out again.</exception>
    Task CompleteAsync(TakenJob taken, CancellationToken cancellationToken);

    /// <summary>Gives it back, to be handed out again after a while, if this worker still has it.</summary>
    /// <exception cref="JobStoreException">It is handed out again when its lease ends.</exception>
    Task ReturnAsync(TakenJob taken, TimeSpan after, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a scan out that a door does not wait for any more, whoever has it. One that cannot be found a worker will drop.
    /// </summary>
    /// <param name="job">With <see cref="Job.Door"/>.</param>
    /// <exception cref="JobStoreException">It may or may not be there.</exception>
    Task RemoveAsync(Job job, CancellationToken cancellationToken);

    /// <summary>Takes the scans out that no door waits for any more, since its process was killed.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="JobStoreException">They may or may not be there.</exception>
    Task<int> RemoveOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <exception cref="JobStoreException">The queue cannot be used.</exception>
    Task<QueueState> StateAsync(CancellationToken cancellationToken);

    /// <summary>What waits for a worker, for each priority, also where nothing does.</summary>
    /// <exception cref="JobStoreException">The queue cannot be used.</exception>
    async Task<IReadOnlyList<WaitingJobs>> WaitingAsync(CancellationToken cancellationToken)
    {
        var state = await StateAsync(cancellationToken).ConfigureAwait(false);
        return [new WaitingJobs(null, state.Jobs, state.OldestAt)];
    }
}
