using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>
/// Reads jobs, or what else is worked on, from the topic of one priority, as a member of the workers' group there. A group for each
/// topic, so that the partitions of each are shared out evenly: one for both might give one process all of the first topic and another
/// all of the second.
/// <code>
///   fetch ──► 1 is it a job? ──no──► 2 dead-letter topic ──► done
///                 │yes                                         │
///                 ▼                                            ▼
///             3 held until a worker takes it ──► done ──► 4 offset stored: all before it are done too ──► committed
/// </code>
/// It goes on while workers scan, however long: so the group never takes this process for dead. What holds too much is paused. What a
/// process that died was working on is sent again with that attempt counted (<see cref="KafkaMarks"/>).
/// </summary>
internal sealed class KafkaIntake(
    string topic,
    KafkaClients clients,
    KafkaSender sender,
    KafkaHoldings holdings,
    KafkaMarks marks,
    KafkaOptions options,
    Func<ConsumeResult<string?, byte[]>, (KafkaEntry Entry, string? Problem)> read,
    Action added,
    ILogger<KafkaIntake> logger)
{
    /// <summary>What is held is looked at after so many: it may be that much more than <see cref="KafkaOptions.MaxHeld"/>.</summary>
    private const int MostAtOnce = 50;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    /// <summary>How far each partition had been handed out when it came here.</summary>
    private readonly Dictionary<TopicPartition, long> _takenBefore = [];

    /// <summary>Reads until it is told to stop; then what is done is committed, and the group is left.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var consumer = clients.Member(topic, Assigned, Revoked);
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
            catch (Exception e)
            {
                // Else no job would be taken any more, and nobody be told.
                logger.NotRead(e);
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
        var (entry, problem) = read(message);
        var wasTaken = problem is null && message.Offset.Value < _takenBefore.GetValueOrDefault(message.TopicPartition);

        // Step 3: held. What goes to another place is held too, until it is there.
        if (!holdings.Add(wasTaken ? entry with { DueAt = DateTimeOffset.MaxValue } : entry))
        {
            return false;
        }

        if (problem is not null)
        {
            logger.NoJob(options.DeadTopic, message.Topic, message.Partition.Value, message.Offset.Value, problem);
            _ = BuryAsync(entry, message.Message, problem, stopping);
        }
        else if (wasTaken)
        {
            _ = SendOnAsync(
                entry, message.Topic, message.Message, message.Message.Value, KafkaHeaders.OfJob(entry.Returns + 1, null), stopping);
        }

        return problem is null && !wasTaken;
    }

    /// <summary>Step 2: dead-letter topic.</summary>
    private Task BuryAsync(KafkaEntry entry, Message<string?, byte[]> message, string problem, CancellationToken stopping)
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

        return SendOnAsync(entry, options.DeadTopic, message, value, headers, stopping);
    }

    /// <summary>Tried until it is there: the partition is not committed past the message before.</summary>
    private async Task SendOnAsync(
        KafkaEntry entry,
        string to,
        Message<string?, byte[]> message,
        byte[] value,
        Dictionary<string, string> headers,
        CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await sender.SendAsync(to, entry.Job?.Id, value, message.SentAt(), headers, stopping)
                    .ConfigureAwait(false);
                holdings.SetDone(entry.At);
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

    /// <summary>While the group shares out its partitions anew a commit is refused: it is tried again until that is over.</summary>
    private void CommitDone(IConsumer<string?, byte[]> consumer)
    {
        for (var tries = clients.Deadline / s_poll; tries > 0 && holdings.Done(topic) is { Count: > 0 } done; tries--)
        {
            try
            {
                consumer.Commit(done);
                return;
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                clients.Told(e.Error);
                consumer.Consume(s_poll);
            }
        }
    }

    private void Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var (partition, mark) in marks.Read(partitions))
        {
            _takenBefore[partition] = mark;
        }

        holdings.Assign(partitions);
        logger.Assigned(partitions.Count);
    }

    private void Revoked(IReadOnlyList<TopicPartition> partitions, bool areLost)
    {
        var (open, starts) = holdings.Revoke(partitions);
        if (!areLost)
        {
            marks.Reset(starts);
        }

        logger.Revoked(partitions.Count, open);
    }

    private void Close(IConsumer<string?, byte[]> consumer)
    {
        try
        {
            CommitDone(consumer);
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
