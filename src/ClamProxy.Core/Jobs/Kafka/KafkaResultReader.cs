using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>
/// Reads the output topic, all of it, into this process's store of results, and wakes those who wait for one: results of other processes
/// are known here without looking for them. It goes on where the processes with this store were; the offsets that they have stored are
/// committed for a group of their own.
/// </summary>
/// <param name="node">Tells the store from those of other machines.</param>
internal sealed class KafkaResultReader(
    KafkaClients clients,
    IResultStore store,
    KafkaOptions options,
    string node,
    JobSignals signals,
    TimeProvider clock,
    ILogger<KafkaResultReader> logger) : BackgroundService
{
    private const int MostAtOnce = 500;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, long> _passed = [];
    private readonly Dictionary<TopicPartition, long> _committed = [];
    private readonly List<(TopicPartitionOffset At, TaskCompletionSource Done)> _waiting = [];
    private IConsumer<string?, byte[]>? _consumer;
    private long _lookedAt = long.MinValue;

    /// <summary>Ends when everything up to this message is in the store.</summary>
    public Task PassedAsync(TopicPartitionOffset at)
    {
        lock (_gate)
        {
            if (_passed.TryGetValue(at.TopicPartition, out var passed) && passed > at.Offset.Value)
            {
                return Task.CompletedTask;
            }

            if (!_passed.ContainsKey(at.TopicPartition))
            {
                // A partition that was made since: it is looked for now.
                _lookedAt = long.MinValue;
            }

            // Who does not wait any more leaves its entry until the message is read: as many as results that were sent and not read.
            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((at, waiting));
            return waiting.Task;
        }
    }

    /// <summary>
    /// Commits what was read up to now, which is else done now and then: whatever becomes of this process, the next one with this store
    /// does not read it again.
    /// </summary>
    /// <exception cref="JobStoreException">It may be read again.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        List<KeyValuePair<TopicPartition, long>> passed;
        lock (_gate)
        {
            passed = [.. _passed.Where(at => at.Value > _committed.GetValueOrDefault(at.Key))];
        }

        if (passed.Count == 0 || _consumer is not { } consumer)
        {
            return;
        }

        try
        {
            await Task.Run(() => consumer.Commit(passed.Select(at => new TopicPartitionOffset(at.Key, at.Value))), CancellationToken.None)
                .WaitAsync(clients.Deadline, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KafkaException or TimeoutException or ObjectDisposedException)
        {
            throw new JobStoreException($"Kafka: {e.Message}", e);
        }

        lock (_gate)
        {
            foreach (var (partition, offset) in passed)
            {
                _committed[partition] = Math.Max(offset, _committed.GetValueOrDefault(partition));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var consumer = _consumer = clients.Reader($"{options.Group}.results.{node}");
        var isLost = false;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    isLost = isLost && !BeginAgain(consumer);
                    var batch = await Task.Run(() => Poll(consumer), CancellationToken.None).ConfigureAwait(false);
                    await KeepAsync(batch, stoppingToken).ConfigureAwait(false);
                    Pass(consumer, batch);
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
                catch (KafkaException e)
                {
                    clients.Told(e.Error);
                    await Task.Delay(s_rest, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
                catch (Exception e)
                {
                    // What was read and not kept is read once more.
                    logger.NotRead(e);
                    isLost = true;
                    await Task.Delay(s_rest, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        finally
        {
            await Task.Run(() => Close(consumer), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <returns>True: all partitions are looked for again, from what was committed on.</returns>
    private bool BeginAgain(IConsumer<string?, byte[]> consumer)
    {
        consumer.Unassign();
        lock (_gate)
        {
            _lookedAt = long.MinValue;
        }

        return true;
    }

    private List<ConsumeResult<string?, byte[]>> Poll(IConsumer<string?, byte[]> consumer)
    {
        LookForPartitions(consumer);
        var batch = new List<ConsumeResult<string?, byte[]>>();
        try
        {
            for (var message = consumer.Consume(s_poll); message is not null; message = consumer.Consume(TimeSpan.Zero))
            {
                batch.Add(message);
                if (batch.Count == MostAtOnce)
                {
                    break;
                }
            }
        }
        catch (ConsumeException e) when (batch.Count > 0)
        {
            // What was read before counts.
            clients.Told(e.Error);
        }

        return batch;
    }

    /// <summary>Reads every partition, those that were made since too.</summary>
    private void LookForPartitions(IConsumer<string?, byte[]> consumer)
    {
        lock (_gate)
        {
            var pause = clients.Problem is null ? s_lookAgain : s_rest;
            if (_lookedAt != long.MinValue && clock.GetElapsedTime(_lookedAt) < pause)
            {
                return;
            }

            _lookedAt = clock.GetTimestamp();
        }

        var made = clients.PartitionsOf(consumer.Handle, options.OutputTopic).Except(consumer.Assignment).ToList();
        if (made.Count == 0)
        {
            return;
        }

        var starts = consumer.Committed(made, clients.Deadline)
            .Select(at => new TopicPartitionOffset(at.TopicPartition, at.Offset.Value < 0 ? Offset.Beginning : at.Offset)).ToList();
        consumer.IncrementalAssign(starts);
        lock (_gate)
        {
            foreach (var start in starts)
            {
                _passed[start.TopicPartition] = Math.Max(0, start.Offset.Value);
            }
        }
    }

    /// <summary>Keeps what was read, in its order where it is of one job; tried until it is kept.</summary>
    private async Task KeepAsync(List<ConsumeResult<string?, byte[]>> batch, CancellationToken stopping)
    {
        var results = new List<(Job Job, JobOutcome Outcome)>(batch.Count);
        foreach (var message in batch)
        {
            if (KafkaShapes.ReadResult(message.Message.Value ?? [], message.Message.SentAt()) is { } result)
            {
                results.Add(result);
            }
            else
            {
                logger.NoResult(message.Topic, message.Partition.Value, message.Offset.Value);
            }
        }

        // A later outcome of the same job counts for nothing.
        var first = results.DistinctBy(result => result.Job.Id).ToList();
        while (first.Count > 0)
        {
            try
            {
                await Task.WhenAll(first.Select(result => store.FinishAsync(result.Job, result.Outcome, stopping))).ConfigureAwait(false);
                first.ForEach(result => signals.Finished(result.Job.Id));
                return;
            }
            catch (JobStoreException e)
            {
                logger.NotRead(e);
                await Task.Delay(s_rest, clock, stopping).ConfigureAwait(false);
            }
        }
    }

    private void Pass(IConsumer<string?, byte[]> consumer, List<ConsumeResult<string?, byte[]>> batch)
    {
        List<TaskCompletionSource> done = [];
        lock (_gate)
        {
            foreach (var message in batch)
            {
                _passed[message.TopicPartition] = message.Offset.Value + 1;
            }

            for (var place = _waiting.Count - 1; place >= 0; place--)
            {
                var (at, waiting) = _waiting[place];
                if (_passed.TryGetValue(at.TopicPartition, out var passed) && passed > at.Offset.Value)
                {
                    done.Add(waiting);
                    _waiting.RemoveAt(place);
                }
            }
        }

        done.ForEach(waiting => waiting.TrySetResult());
        foreach (var last in batch.GroupBy(message => message.TopicPartition).Select(group => group.Last()))
        {
            consumer.StoreOffset(last);
            clients.Answered();
        }
    }

    private void Close(IConsumer<string?, byte[]> consumer)
    {
        try
        {
            consumer.Close();
        }
        catch (KafkaException e)
        {
            clients.Told(e.Error);
        }
        finally
        {
            consumer.Dispose();
        }
    }
}
