namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>
/// Callbacks of jobs, one for each job and URL, and when each is due. One that is due is handed out to one process at a time: if that does
/// not settle it in time it is handed out again. What was added outlasts the process.
/// </summary>
internal interface ICallbackStore
{
    /// <param name="callback">A waiting one, or one that is due.</param>
    /// <param name="due">When it is handed out; a waiting one is then looked at, unless its job has ended before.</param>
    /// <param name="most">How many the job may have.</param>
    /// <exception cref="JobStoreException">It may or may not be added.</exception>
    Task<CallbackAddition> AddAsync(Callback callback, DateTimeOffset due, int most, CancellationToken cancellationToken);

    /// <summary>All of a job, over ones included, in the order of their addition.</summary>
    /// <exception cref="JobStoreException">The store cannot be used.</exception>
    Task<IReadOnlyList<Callback>> ListAsync(string jobId, CancellationToken cancellationToken);

    /// <returns>False: there was none.</returns>
    /// <exception cref="JobStoreException">It may or may not be gone.</exception>
    Task<bool> RemoveAsync(string jobId, string url, CancellationToken cancellationToken);

    /// <summary>Removes all of a job.</summary>
    /// <returns>How many of them were not over.</returns>
    /// <exception cref="JobStoreException">They may or may not be gone.</exception>
    Task<int> RemoveAllAsync(string jobId, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the waiting ones of a job due at once, except for one that is handed out at the moment: whoever has that one looks at its job
    /// once more after it has settled it.
    /// </summary>
    /// <exception cref="JobStoreException">They may or may not be due.</exception>
    Task WakeAsync(string jobId, CancellationToken cancellationToken);

    /// <summary>Takes the one that has been due for the longest.</summary>
    /// <returns>Null: none is due.</returns>
    /// <exception cref="JobStoreException">The store cannot be used.</exception>
    Task<TakenCallback?> TakeAsync(CancellationToken cancellationToken);

    /// <summary>Records how far it is, unless it was removed or handed out again meanwhile.</summary>
    /// <param name="now">What is known of it from now on.</param>
    /// <param name="due">When it is handed out again; null: never.</param>
    /// <exception cref="JobStoreException">It may be handed out again when its lease ends.</exception>
    Task SettleAsync(TakenCallback taken, Callback now, DateTimeOffset? due, CancellationToken cancellationToken);
}
