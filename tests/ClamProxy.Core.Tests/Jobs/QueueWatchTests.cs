using System.Diagnostics.Metrics;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Overview;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class QueueWatchTests : IDisposable
{
    private readonly FakeTimeProvider _clock = FakeClock.Create();
    private readonly FakeLogCollector _log;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddFakeLogging().BuildServiceProvider();
    private readonly JobOptions _options = new() { QueueTimeout = TimeSpan.FromSeconds(5), WatchInterval = TimeSpan.FromSeconds(10) };
    private readonly ProgrammedQueue _queue = new();
    private readonly QueueWatch _watch;
    private readonly MetricCollector<long> _waiting;
    private readonly MetricCollector<double> _age;

    public QueueWatchTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _log = _services.GetRequiredService<FakeLogCollector>();
        var report = new JobReport(
            new JobMetrics(meters), new JobSignals(), new RecentDecisions(0), _clock, _services.GetRequiredService<ILogger<JobReport>>());
        _watch = new QueueWatch(new JobStores(_queue, null!, null!, null!), _options, report, new JobsUnderWay(_clock), meters, _clock);
        _waiting = new MetricCollector<long>(meters, "ClamProxy.Jobs", "clamproxy.jobs.waiting");
        _age = new MetricCollector<double>(meters, "ClamProxy.Jobs", "clamproxy.jobs.waiting.age");
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Looked_LengthAndAgeAreShownByPriorityAndTheAgeGrows()
    {
        Assert.Empty(Observe());
        _queue.Answer = Waiting(2, 1);

        await _watch.LookAsync(Cancelled);
        _clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal([("normal", 2, 7), ("high", 1, 7)], Observe());
    }

    [Fact]
    public async Task NothingWaits_BothAreZero()
    {
        _queue.Answer = Task.FromResult<IReadOnlyList<WaitingJobs>>([new(JobPriority.Normal, 0, null)]);

        await _watch.LookAsync(Cancelled);
        _clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal([("normal", 0, 0)], Observe());
    }

    [Fact]
    public async Task QueueIsAway_NothingIsShownUntilItIsBack()
    {
        _queue.Answer = Waiting(2, 1);
        await _watch.LookAsync(Cancelled);
        _queue.Answer = Task.FromException<IReadOnlyList<WaitingJobs>>(new JobStoreException("Redis: no connection"));

        await _watch.LookAsync(Cancelled);
        await _watch.LookAsync(Cancelled);

        Assert.Empty(Observe());
        Assert.Equal(5640, Assert.Single(_log.GetSnapshot()).Id.Id);
        _queue.Answer = Waiting(3, 0);
        await _watch.LookAsync(Cancelled);
        Assert.Equal(3, Observe()[0].Jobs);
    }

    [Fact]
    public async Task QueueIsSilent_TheLookEndsAndWhatWasSeenGoes()
    {
        _queue.Answer = Waiting(2, 1);
        await _watch.LookAsync(Cancelled);
        _queue.Answer = new TaskCompletionSource<IReadOnlyList<WaitingJobs>>().Task;

        var look = _watch.LookAsync(Cancelled);
        Assert.Equal(2, Observe().Count);
        _clock.Advance(_options.QueueTimeout);
        await look;

        Assert.Empty(Observe());
    }

    [Fact]
    public async Task NobodyLooksAnyMore_WhatWasSeenGoes()
    {
        _queue.Answer = Waiting(2, 1);
        await _watch.LookAsync(Cancelled);

        _clock.Advance((3 * _options.WatchInterval) + _options.QueueTimeout);

        Assert.Empty(Observe());
    }

    public void Dispose()
    {
        _waiting.Dispose();
        _age.Dispose();
        _watch.Dispose();
        _services.Dispose();
    }

    private Task<IReadOnlyList<WaitingJobs>> Waiting(long normal, long high) => Task.FromResult<IReadOnlyList<WaitingJobs>>(
        [new(JobPriority.Normal, normal, _clock.GetUtcNow()), new(JobPriority.High, high, _clock.GetUtcNow())]);

    private List<(string Priority, long Jobs, double Age)> Observe()
    {
        _waiting.Clear();
        _age.Clear();
        _waiting.RecordObservableInstruments();
        _age.RecordObservableInstruments();
        return
        [
            .. _waiting.GetMeasurementSnapshot().Zip(
                _age.GetMeasurementSnapshot(), (jobs, age) => ((string)jobs.Tags["priority"]!, jobs.Value, age.Value)),
        ];
    }

    private sealed class ProgrammedQueue : IJobQueue
    {
        public Task<IReadOnlyList<WaitingJobs>> Answer { get; set; } = Task.FromResult<IReadOnlyList<WaitingJobs>>([]);

        public string? Problem => null;

        public Task<IReadOnlyList<WaitingJobs>> WaitingAsync(CancellationToken cancellationToken) => Answer;

        public Task<bool> AddAsync(Job job, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> AddAgainAsync(Job job, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<TakenJob?> TakeAsync(TimeSpan wait, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> RenewAsync(TakenJob taken, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CompleteAsync(TakenJob taken, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ReturnAsync(TakenJob taken, TimeSpan after, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task GiveBackAsync(TakenJob taken, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task RemoveAsync(Job job, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> RemoveOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<QueueState> StateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
