using System.Text;
using Confluent.Kafka;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>Sends messages. Each has a deadline, and what goes wrong is one kind of exception.</summary>
internal sealed class KafkaSender(KafkaClients clients) : IDisposable
{
    private readonly Lock _gate = new();
    private IProducer<string?, byte[]>? _producer;
    private bool _isClosed;

    /// <param name="key">Messages of one key stay in order.</param>
    /// <returns>Where it is; all replicas in sync have it.</returns>
    /// <exception cref="JobStoreException">It may or may not be there.</exception>
    public async Task<TopicPartitionOffset> SendAsync(
        string topic,
        string? key,
        byte[] value,
        DateTimeOffset time,
        IReadOnlyDictionary<string, string> headers,
        CancellationToken cancellationToken)
    {
        var message = new Message<string?, byte[]> { Key = key, Value = value, Timestamp = new Timestamp(time), Headers = [] };
        foreach (var (name, text) in headers)
        {
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        }

        var producer = Producer();
        try
        {
            var sent = await producer.ProduceAsync(topic, message, CancellationToken.None)
                .WaitAsync(clients.Deadline + TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            clients.Answered();
            return sent.TopicPartitionOffset;
        }
        catch (KafkaException e)
        {
            clients.Told(e.Error);
            Renew(producer, e.Error);
            throw new JobStoreException($"Kafka: {e.Error.Reason}", e);
        }
        catch (TimeoutException e)
        {
            throw new JobStoreException("Kafka: no answer in time", e);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _producer?.Dispose();
            _producer = null;
        }
    }

    private IProducer<string?, byte[]> Producer()
    {
        lock (_gate)
        {
            return _isClosed ? throw new JobStoreException("Kafka: closed") : _producer ??= clients.Producer();
        }
    }

    /// <summary>An idempotent producer that lost count can send nothing any more.</summary>
    private void Renew(IProducer<string?, byte[]> failed, Error error)
    {
        lock (_gate)
        {
            if (error.IsFatal && ReferenceEquals(failed, _producer))
            {
                clients.MadeAnew(error);
                _producer = null;
                _ = Task.Run(failed.Dispose);
            }
        }
    }
}
