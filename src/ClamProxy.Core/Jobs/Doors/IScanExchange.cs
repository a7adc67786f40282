namespace ClamProxy.Core.Jobs.Doors;

/// <summary>What doors and workers of different processes tell each other beside the queue. Nothing of it is kept for long.</summary>
internal interface IScanExchange
{
    /// <summary>Tells the process that waits for a scan.</summary>
    /// <param name="life">How long the answer is kept for it.</param>
    /// <exception cref="JobStoreException">It may or may not be told.</exception>
    Task AnswerAsync(string asker, ScanAnswer answer, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>Takes the answers for a process, or waits for some. Each is given out once.</summary>
    /// <param name="wait">For how long at most.</param>
    /// <returns>What cannot be read is left out.</returns>
    /// <exception cref="JobStoreException">They cannot be had; some may be lost.</exception>
    Task<IReadOnlyList<ScanAnswer>> TakeAnswersAsync(string asker, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Makes a process with workers known for a while.</summary>
    /// <exception cref="JobStoreException">It may or may not be known.</exception>
    Task ReportAsync(WorkerReport report, TimeSpan life, CancellationToken cancellationToken);

    /// <returns>The processes that are known at this moment.</returns>
    /// <exception cref="JobStoreException">They cannot be had.</exception>
    Task<IReadOnlyList<WorkerReport>> WorkersAsync(CancellationToken cancellationToken);

    /// <summary>Removes what is over its life, where nothing else does.</summary>
    /// <exception cref="JobStoreException">It may or may not be gone.</exception>
    Task SweepAsync(CancellationToken cancellationToken);
}
