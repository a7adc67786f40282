namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>
/// Results of many processes, with the output topic between them: an outcome is sent there, and stands in this process's own store when it
/// was read back. All read the outcomes of one job in the same order, so that all have the same first one.
/// </summary>
/// <param name="store">SQLite of this process, or a Redis that all share.</param>
internal sealed class KafkaResultStore(
    IResultStore store, KafkaSender sender, KafkaResultReader reader, KafkaOptions options, KafkaClients clients, TimeProvider clock)
    : IResultStore
{
    private static readonly Dictionary<string, string> s_none = [];

    public Task AddAsync(Job job, CancellationToken cancellationToken) => store.AddAsync(job, cancellationToken);

    public async Task<bool> FinishAsync(Job job, JobOutcome outcome, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(job.Id, cancellationToken).ConfigureAwait(false) is { Outcome: not null })
        {
            return false;
        }

        var sent = await sender.SendAsync(
            options.OutputTopic, job.Id, KafkaShapes.Write(job, outcome), outcome.FinishedAt, s_none, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            await reader.PassedAsync(sent).WaitAsync(clients.Deadline, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new JobStoreException("Kafka: the result was sent, and did not come back in time", e);
        }

        return (await store.FindAsync(job.Id, cancellationToken).ConfigureAwait(false))?.Outcome == outcome;
    }

    /// <summary>
    /// A job that is deleted after this has looked is known again by its outcome: nobody can take back what was sent.
    /// </summary>
    public async Task<bool> FinishKnownAsync(Job job, JobOutcome outcome, CancellationToken cancellationToken) =>
        await store.FindAsync(job.Id, cancellationToken).ConfigureAwait(false) is { Outcome: null }
        && await FinishAsync(job, outcome, cancellationToken).ConfigureAwait(false);

    public Task<JobRecord?> FindAsync(string id, CancellationToken cancellationToken) => store.FindAsync(id, cancellationToken);

    public Task<ResultPage> ListAsync(ResultFilter filter, string? cursor, int limit, CancellationToken cancellationToken) =>
        store.ListAsync(filter, cursor, limit, cancellationToken);

    /// <summary>Its outcome, where it was read here, is not read again: else the job would be known again.</summary>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await reader.CommitAsync(cancellationToken).ConfigureAwait(false);
        return await store.DeleteAsync(id, cancellationToken).ConfigureAwait(false);
    }
}
