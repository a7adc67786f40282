namespace ClamProxy.Core.Jobs;

/// <summary>What is known of each job, by its id. The first outcome of a job is its only one.</summary>
internal interface IResultStore
{
    /// <summary>Notes an accepted job as pending; one that is known already stays as it is.</summary>
    /// <exception cref="JobStoreException">It may or may not be known.</exception>
    Task AddAsync(Job job, CancellationToken cancellationToken);

    /// <summary>Records a job's outcome, where it has none; the job may be unknown before.</summary>
    /// <returns>False: it had one, which stays.</returns>
    /// <exception cref="JobStoreException">It may or may not be recorded.</exception>
    Task<bool> FinishAsync(Job job, JobOutcome outcome, CancellationToken cancellationToken);

    /// <summary>The same for a job that is known, unless somebody has deleted it meanwhile.</summary>
    /// <returns>False: it had one, which stays, or it was deleted.</returns>
    /// <exception cref="JobStoreException">It may or may not be recorded.</exception>
    Task<bool> FinishKnownAsync(Job job, JobOutcome outcome, CancellationToken cancellationToken);

    /// <returns>Null: no such job, or its life is over.</returns>
    /// <exception cref="JobStoreException">The store cannot be used.</exception>
    Task<JobRecord?> FindAsync(string id, CancellationToken cancellationToken);

    /// <param name="cursor">Where the page begins: <see cref="ResultPage.Next"/> of the one before it; null: with the newest.</param>
    /// <param name="limit">How many records at most.</param>
    /// <exception cref="FormatException">The cursor is none of ours.</exception>
    /// <exception cref="JobStoreException">The store cannot be used.</exception>
    Task<ResultPage> ListAsync(ResultFilter filter, string? cursor, int limit, CancellationToken cancellationToken);

    /// <returns>False: there was none.</returns>
    /// <exception cref="JobStoreException">It may or may not be gone.</exception>
    Task<bool> DeleteAsync(string id, CancellationToken cancellationToken);
}
