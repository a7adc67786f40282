using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>
/// Reads jobs from the topic of one priority, as a member of the workers' group. A member for each topic, so that the partitions of each
/// are shared out evenly: one for both might give one process all of the first topic and another all of the second.
/// <code>
///   fetch ──► 1 is it a job? ──no──► 2 dead-letter topic ──► done
///                 │yes                                         │
///                 ▼                                            ▼
///             3 held until a worker takes it ──► done ──► 4 offset stored: all before it are done too ──► committed
/// </code>
/// It goes on while workers scan, however long: so the group never takes this process for dead. What holds too much is paused.
/// </summary>
internal sealed class KafkaIntake(
    string topic,
    KafkaClients clients,
    KafkaSender sender,
    KafkaHoldings holdings,
    KafkaOptions options,
    KafkaMessageReader reader,
    Action added,
    ILogger<KafkaIntake> logger)
{
    /// <summary>What is held is looked at after so many: it may be that much more than <see cref="KafkaOptions.MaxHeld"/>.</summary>
    private const int MostAtOnce = 50;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    /// <summary>Reads until it is told to stop; then what is done is committed, and the group is left.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var consumer = clients.Member(Assigned, Revoked);
            try
            {
                consumer.Subscribe(topic);
                while (!stopping.IsCancellationRequested)
                {
                    await Task.Run(() => Poll(consumer, stopping), CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (KafkaException e) when (e.Error.IsFatal)
            {
                clients.MadeAnew(e.Error);
                await Task.Delay(s_rest, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                await Task.Run(() => Close(consumer), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Poll(IConsumer<string?, byte[]> consumer, CancellationToken stopping)
    {
        try
        {
            var hasAdded = false;
            var message = consumer.Consume(s_poll);
            for (var number = 0; message is not null; number++)
            {
                hasAdded |= Take(message, stopping);
                message = number < MostAtOnce ? consumer.Consume(TimeSpan.Zero) : null;
            }

            // Step 4: offset stored
            StoreDone(consumer);
            var (full, free) = holdings.TakeTurns(topic, options.MaxHeld);
            consumer.Pause(full);
            consumer.Resume(free);
            if (hasAdded)
            {
                clients.Answered();
                added();
            }
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            // A topic that is not there yet, a server that went away: the client goes on by itself.
            clients.Told(e.Error);
        }
    }

    /// <returns>Whether a worker may take something now.</returns>
    private bool Take(ConsumeResult<string?, byte[]> message, CancellationToken stopping)
    {
        // Step 1: is it a job?
        var (entry, problem) = reader.Read(message);

        // Step 3: held. A message that is no job is held too, until it is kept elsewhere.
        if (!holdings.Add(entry))
        {
            return false;
        }

        if (problem is not null)
        {
            logger.NoJob(options.DeadTopic, message.Topic, message.Partition.Value, message.Offset.Value, problem);
            _ = BuryAsync(entry, message.Message, problem, stopping);
        }

        return problem is null;
    }

    /// <summary>Step 2: dead-letter topic. It is tried until it is there: the partition is not committed past it before.</summary>
    private async Task BuryAsync(KafkaEntry entry, Message<string?, byte[]> message, string problem, CancellationToken stopping)
    {
        var value = message.Value ?? [];
        var headers = new Dictionary<string, string>
        {
            [KafkaHeaders.Reason] = problem,
            [KafkaHeaders.From] = $"{entry.At.Topic} [{entry.At.Partition.Value}] @{entry.At.Offset.Value}",
        };
        if (value.Length > options.MaxMessage)
        {
            headers[KafkaHeaders.Size] = KafkaHeaders.Text(value.Length);
            value = value[..(int)options.MaxMessage];
        }

        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await sender.SendAsync(options.DeadTopic, null, value, message.Timestamp.UtcDateTime, headers, stopping)
                    .ConfigureAwait(false);
                holdings.SetDone(entry);
                return;
            }
            catch (JobStoreException)
            {
                await Task.Delay(s_rest, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void StoreDone(IConsumer<string?, byte[]> consumer)
    {
        foreach (var done in holdings.TakeDone(topic))
        {
            try
            {
                consumer.StoreOffset(done);
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // The partition has just gone to another process, which does these jobs again: each has one outcome all the same.
                clients.Told(e.Error);
            }
        }
    }

    private void Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        holdings.Assign(partitions);
        logger.Assigned(partitions.Count);
    }

    private void Revoked(IReadOnlyList<TopicPartition> partitions, bool areLost)
    {
        logger.Revoked(partitions.Count, holdings.Revoke(partitions));
    }

    private void Close(IConsumer<string?, byte[]> consumer)
    {
        try
        {
            StoreDone(consumer);
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
