using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>
/// The queue of many machines where Kafka is there already: a topic for each priority, read by one group. Kafka knows no single jobs, so a
/// job is handed out within the process that has its partition, is committed when it and all before it are done, and is sent again where
/// it is to be tried again. A job that comes twice has one outcome: <see cref="KafkaResultStore"/>.
/// </summary>
internal sealed class KafkaJobQueue : IJobQueue, IAsyncDisposable
{
    /// <summary>With more waiting than this, none is queued that may be there already: it would be there many times.</summary>
    private const int FewWaiting = 1000;

    private readonly KafkaSender _sender;
    private readonly KafkaClients _clients;
    private readonly KafkaHoldings _holdings;
    private readonly IReadOnlyList<KafkaIntake> _intakes;
    private readonly KafkaDepth _depth;
    private readonly KafkaMarks _marks;
    private readonly KafkaOptions _options;
    private readonly JobTurns _turns;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly int _maxWaiting;
    private readonly TimeProvider _clock;
    private Task? _reading;
    private bool _isClosed;
    private long _waiting = long.MaxValue / 2;
    private long _lookedAt = long.MinValue;
    private QueueState _seen;
    private long _seenAt = long.MinValue;

    public KafkaJobQueue(
        KafkaClients clients, KafkaSender sender, KafkaOptions options, JobOptions jobs, KafkaMessageReader reader, TimeProvider clock,
        ILoggerFactory loggers)
    {
        (_clients, _sender, _options, _clock, _maxWaiting) = (clients, sender, options, clock, jobs.MaxWaiting);
        _turns = new JobTurns(clock);
        _holdings = new KafkaHoldings(options.InputTopics, jobs.LeaseTime, clock);
        _depth = new KafkaDepth(clients, options, _holdings);
        _marks = new KafkaMarks(clients, options);
        var logger = loggers.CreateLogger<KafkaIntake>();
        _intakes =
        [
            .. options.InputTopics.Select(
                topic => new KafkaIntake(topic, clients, sender, _holdings, _marks, options, reader.Read, _turns.Added, logger))
        ];
    }

    public string? Problem => _clients.Problem;

    /// <summary>Jobs that were fetched here and are not done.</summary>
    internal long Held => _holdings.Held().Values.Sum(held => held.Open);

    /// <exception cref="InvalidOperationException">A scan of a door: messages of jobs have no room for one.</exception>
    public async Task<bool> AddAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Door is not null)
        {
            throw new InvalidOperationException("a scan of a door in a queue that cannot hold one");
        }

        if (!await HasRoomAsync(cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await SendAsync(job, 0, null, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async Task<bool> AddAgainAsync(Job job, CancellationToken cancellationToken)
    {
        // Asked for each pending job of a sweep: one look serves those of a second.
        if (_seenAt == long.MinValue || _clock.GetElapsedTime(_seenAt) > Wakeup.LookAgain)
        {
            _seen = await StateAsync(cancellationToken).ConfigureAwait(false);
            _seenAt = _clock.GetTimestamp();
        }

        if (_seen.Jobs > FewWaiting && (_seen.OldestAt is not { } oldest || oldest <= job.AcceptedAt))
        {
            return false;
        }

        await SendAsync(job, 0, null, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public Task<TakenJob?> TakeAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        Join();
        return _turns.TakeAsync(wait, order => _marks.TakeAsync(_holdings, order, cancellationToken), cancellationToken);
    }

    public Task<bool> RenewAsync(TakenJob taken, CancellationToken cancellationToken) => Task.FromResult(_holdings.Renew(taken.Lease));

    public Task CompleteAsync(TakenJob taken, CancellationToken cancellationToken)
    {
        _holdings.End(taken.Lease);
        return Task.CompletedTask;
    }

    public async Task ReturnAsync(TakenJob taken, TimeSpan after, CancellationToken cancellationToken)
    {
        if (_holdings.Find(taken.Lease) is not null)
        {
            await SendAsync(taken.Job, taken.Attempt, _clock.GetUtcNow() + after, cancellationToken).ConfigureAwait(false);
            _holdings.End(taken.Lease);
        }
    }

    /// <summary>It stays where it is: when this process leaves the group, its partition goes to another, and so does the job.</summary>
    public Task GiveBackAsync(TakenJob taken, CancellationToken cancellationToken)
    {
        _holdings.PutBack(taken.Lease);
        return Task.CompletedTask;
    }

    /// <summary>It holds no scans of doors: <see cref="AddAsync"/>.</summary>
    public Task RemoveAsync(Job job, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc cref="RemoveAsync"/>
    public Task<int> RemoveOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<QueueState> StateAsync(CancellationToken cancellationToken) => _depth.ReadAsync(true, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, true))
        {
            return;
        }

        await _clients.EndAsync(_reading, _stop).ConfigureAwait(false);
        _depth.Dispose();
        _marks.Dispose();
        _stop.Dispose();
    }

    /// <summary>Becomes a member of the workers' group. A process that only adds jobs is none.</summary>
    internal void Join()
    {
        lock (_gate)
        {
            _reading ??= Task.WhenAll(
                _intakes.Select(intake => Task.Run(() => intake.RunAsync(_stop.Token), CancellationToken.None)));
        }
    }

    private Task<TopicPartitionOffset> SendAsync(Job job, int attempts, DateTimeOffset? dueAt, CancellationToken cancellationToken) =>
        _sender.SendAsync(
            _options.InputTopics[(int)job.Priority],
            job.Id,
            KafkaShapes.Write(job),
            job.AcceptedAt,
            KafkaHeaders.OfJob(attempts, dueAt),
            cancellationToken);

    /// <summary>
    /// Counts what is added here since the last look, and looks again after a second, or where the count says that there is no room. What
    /// other processes add within a second comes on top.
    /// </summary>
    private async Task<bool> HasRoomAsync(CancellationToken cancellationToken)
    {
        var last = Volatile.Read(ref _lookedAt);
        var isFresh = last != long.MinValue && _clock.GetElapsedTime(last) < Wakeup.LookAgain;
        if (!isFresh || Volatile.Read(ref _waiting) >= _maxWaiting)
        {
            var state = await _depth.ReadAsync(false, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _waiting, state.Jobs);
            Volatile.Write(ref _lookedAt, _clock.GetTimestamp());
        }

        return Interlocked.Increment(ref _waiting) <= _maxWaiting;
    }
}
