using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Kafka;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Buckets.Kafka;

/// <summary>
/// A topic of Kafka as the source of a flow, read by one group as jobs are (<see cref="KafkaIntake"/>): committed is what is done without a
/// gap, a message that is to be tried again is sent to the topic again with how often it was tried and when it is due, and what nobody can
/// read goes to the dead-letter topic. A message is this process's own as long as it lives and is in the group.
/// </summary>
internal sealed class KafkaEvents : IEventSource
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(1);

    // What a process needs to become a member of the group: a topic with messages must not look empty before.
    private static readonly TimeSpan s_joinWait = TimeSpan.FromSeconds(10);

    private readonly KafkaClients _clients;
    private readonly KafkaSender _sender;
    private readonly KafkaOptions _topic;
    private readonly KafkaHoldings _holdings;
    private readonly KafkaMarks _marks;
    private readonly KafkaIntake _intake;
    private readonly TimeProvider _clock;
    private readonly Wakeup _wakeup;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task? _reading;
    private long _startedAt;

    public KafkaEvents(KafkaClients clients, KafkaOptions topic, TimeSpan heldFor, TimeProvider clock, ILogger<KafkaIntake> logger)
    {
        (_clients, _topic, _clock, _wakeup) = (clients, topic, clock, new Wakeup(clock));
        _sender = new KafkaSender(clients);
        _holdings = new KafkaHoldings(topic.InputTopics, heldFor, clock);
        _marks = new KafkaMarks(clients, topic);
        _intake = new KafkaIntake(
            topic.InputTopic, clients, _sender, _holdings, _marks, topic, new KafkaEventReader(topic).Read, _wakeup.Wake, logger);
    }

    public bool LimitsDeliveries => false;

    public async Task<TakenMessage?> TakeAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _startedAt = _reading is null ? _clock.GetTimestamp() : _startedAt;
            _reading ??= Task.Run(() => _intake.RunAsync(_stop.Token), CancellationToken.None);
        }

        var joining = s_joinWait - _clock.GetElapsedTime(_startedAt);
        var taken = await _wakeup.LookAsync(
            joining > s_wait ? joining : s_wait,
            () => NextAsync(cancellationToken),
            one => one is not null,
            cancellationToken).ConfigureAwait(false);
        return taken ?? (_clients.Problem is { } problem ? throw new EventSourceException(problem) : null);
    }

    public Task ExtendAsync(TakenMessage message, CancellationToken cancellationToken) => _holdings.Renew(message.Receipt)
        ? Task.CompletedTask
        : throw new EventSourceException("its partition has gone to another process");

    public Task CompleteAsync(TakenMessage message, CancellationToken cancellationToken)
    {
        _holdings.End(message.Receipt);
        return Task.CompletedTask;
    }

    public Task ReturnAsync(TakenMessage message, TimeSpan after, CancellationToken cancellationToken) => SendAsync(
        message, _topic.InputTopic, KafkaHeaders.OfJob(message.Deliveries, _clock.GetUtcNow() + after), cancellationToken);

    public Task RefuseAsync(TakenMessage message, TimeSpan after, string reason, CancellationToken cancellationToken) => SendAsync(
        message,
        _topic.DeadTopic,
        new() { [KafkaHeaders.Reason] = reason, [KafkaHeaders.From] = message.Id },
        cancellationToken);

    /// <summary>It stays where it is: when this process leaves the group, its partition goes to another.</summary>
    public Task GiveBackAsync(TakenMessage message, CancellationToken cancellationToken)
    {
        _holdings.PutBack(message.Receipt);
        _wakeup.Wake();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _clients.EndAsync(_reading, _stop).ConfigureAwait(false);
        _marks.Dispose();
        _sender.Dispose();
        _stop.Dispose();
    }

    private async Task<TakenMessage?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _marks.TakeAsync(_holdings, [JobPriority.Normal], cancellationToken).ConfigureAwait(false) is { } taken
                && _holdings.Find(taken.Lease) is { } entry
                ? new TakenMessage(taken.Job.Id, taken.Lease, entry.Message?.Value ?? [], taken.Attempt)
                : null;
        }
        catch (JobStoreException e)
        {
            throw new EventSourceException(e.Message, e);
        }
    }

    /// <summary>It goes on as another message, and this one is done.</summary>
    private async Task SendAsync(
        TakenMessage message, string topic, Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        if (_holdings.Find(message.Receipt)?.Message is not { } original)
        {
            return;
        }

        try
        {
            await _sender.SendAsync(topic, original.Key, original.Value ?? [], original.SentAt(), headers, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (JobStoreException e)
        {
            throw new EventSourceException(e.Message, e);
        }

        _holdings.End(message.Receipt);
    }
}
