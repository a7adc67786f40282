using System.Text;
using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Events;
using ClamProxy.Core.Names;
using ClamProxy.Core.Tests.Download;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Events;

/// <summary>Events of a target are kept in order, within a bound, over restarts, and are sent by one process at a time.</summary>
public sealed class EventQueueTests : IAsyncDisposable
{
    private const string Name = "siem";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = FakeClock.Create();
    private readonly Upstream _upstream = new();
    private readonly List<EventQueue> _open = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(queue => queue.Dispose());
        await _upstream.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DeliveredOnes_LeaveInTheOrderOfTheirComing(bool isOnDisk)
    {
        var queue = Open(isOnDisk: isOnDisk);
        await queue.AddAsync([Event("1"), Event("2")], Cancelled);
        await queue.AddAsync([Event("3", EventKind.DetectedLate)], Cancelled);

        Assert.Equal(["1", "2", "3"], await DrainAsync(queue));
        var turn = await queue.TakeAsync(Name, Cancelled);
        Assert.Equal((null, null, 0L), (turn.Held, turn.NextAt, turn.State.Waiting));
    }

    [Fact]
    public async Task FailedOne_IsFirstAgainAfterItsPauseAndNothingOvertakesIt()
    {
        var queue = Open();
        await queue.AddAsync([Event("1"), Event("2")], Cancelled);
        var held = (await queue.TakeAsync(Name, Cancelled)).Held!;

        await queue.FailedAsync(held, "The receiver answered 500.", TimeSpan.FromMinutes(5), isGivenUp: false);

        var resting = await queue.TakeAsync(Name, Cancelled);
        Assert.Equal((null, _clock.GetUtcNow() + TimeSpan.FromMinutes(5)), (resting.Held, resting.NextAt));
        Assert.Equal((2L, "The receiver answered 500."), (resting.State.Waiting, resting.State.Problem));
        _clock.Advance(TimeSpan.FromMinutes(5));
        var again = (await queue.TakeAsync(Name, Cancelled)).Held!;
        Assert.Equal(("1", 1, 1), (again.Event.Id, again.Attempts, again.Failures));
    }

    [Fact]
    public async Task TooMany_TheOldestRefusalsGoAndLateDetectionsStay()
    {
        var queue = Open(most: 3);
        await queue.AddAsync([Event("late", EventKind.DetectedLate), Event("1"), Event("2"), Event("3")], Cancelled);

        var addition = await queue.AddAsync([Event("4")], Cancelled);

        Assert.Equal((1, 1), (addition.Added[EventKind.Refused], addition.Lost));
        Assert.Equal(["late", "3", "4"], await DrainAsync(queue));
    }

    [Fact]
    public async Task TooManyLateDetections_TheOldestGoes()
    {
        var queue = Open(most: 2);

        var addition = await queue.AddAsync(
            [.. new[] { "1", "2", "3" }.Select(id => Event(id, EventKind.DetectedLate))], Cancelled);

        Assert.Equal(1, addition.Lost);
        Assert.Equal(["2", "3"], await DrainAsync(queue));
    }

    [Fact]
    public async Task SameEventTwice_WaitsOnce()
    {
        var queue = Open();
        await queue.AddAsync([Event("1")], Cancelled);

        Assert.Equal(0, (await queue.AddAsync([Event("1")], Cancelled)).Added[EventKind.Refused]);

        Assert.Equal(["1"], await DrainAsync(queue));
    }

    [Fact]
    public async Task UnwantedKind_IsNotAdded()
    {
        var queue = Open(kinds: [EventKind.DetectedLate]);

        await queue.AddAsync([Event("1"), Event("2", EventKind.DetectedLate)], Cancelled);

        Assert.Equal(["2"], await DrainAsync(queue));
    }

    [Fact]
    public async Task OwnerKilled_AnotherProcessSendsItWhenTheLeaseEnds()
    {
        var killed = Open();
        await killed.AddAsync([Event("1")], Cancelled);
        Assert.NotNull((await killed.TakeAsync(Name, Cancelled)).Held);
        var other = Open();

        var waiting = await other.TakeAsync(Name, Cancelled);
        Assert.Equal((null, _clock.GetUtcNow() + TimeSpan.FromSeconds(35)), (waiting.Held, waiting.NextAt));
        _clock.Advance(TimeSpan.FromSeconds(35));

        Assert.Equal("1", (await other.TakeAsync(Name, Cancelled)).Held!.Event.Id);
        Assert.Null((await killed.TakeAsync(Name, Cancelled)).Held);
    }

    [Fact]
    public async Task OwnerStopped_AnotherProcessSendsAtOnce()
    {
        var stopped = Open();
        await stopped.AddAsync([Event("1")], Cancelled);
        await stopped.TakeAsync(Name, Cancelled);
        await stopped.ReleaseAsync(Name);

        Assert.Equal("1", (await Open().TakeAsync(Name, Cancelled)).Held!.Event.Id);
    }

    [Fact]
    public async Task ReceiverIsDownForTooLong_WhatIsTooOldIsGivenUpAndTheRestStays()
    {
        var queue = Open();
        await queue.AddAsync([Event("1"), Event("2")], Cancelled);
        _clock.Advance(TimeSpan.FromDays(3));
        await queue.AddAsync([Event("3")], Cancelled);

        var held = (await queue.TakeAsync(Name, Cancelled)).Held!;
        Assert.Equal(2, await queue.FailedAsync(held, "down", TimeSpan.Zero, isGivenUp: false));

        Assert.Equal(["3"], await DrainAsync(queue));
    }

    [Fact]
    public async Task EventThatItsReceiverRefuses_IsGivenUpAlone()
    {
        var queue = Open();
        await queue.AddAsync([Event("1"), Event("2")], Cancelled);

        var held = (await queue.TakeAsync(Name, Cancelled)).Held!;
        Assert.Equal(1, await queue.FailedAsync(held, "The receiver answered 400.", TimeSpan.Zero, isGivenUp: true));

        Assert.Equal(["2"], await DrainAsync(queue));
    }

    [Fact]
    public void FolderThatCannotBeUsed_StopsTheStart()
    {
        File.WriteAllText(_folder.File("data"), "");

        var problem = Assert.Throws<IOException>(() => Open(folder: _folder.File("data/below")));

        Assert.StartsWith("DATA_PATH=", problem.Message, StringComparison.Ordinal);
    }

    private OutgoingEvent Event(string id, EventKind kind = EventKind.Refused) =>
        new(id, kind, _clock.GetUtcNow(), Encoding.UTF8.GetBytes($"{{\"id\":\"{id}\"}}"));

    private EventQueue Open(
        int most = 100, IReadOnlyList<EventKind>? kinds = null, bool isOnDisk = true, string? folder = null)
    {
        var options = new EventOptions
        {
            Targets = new Dictionary<string, EventTargetOptions>
            {
                [Name] = new() { Url = "https://siem.example.org/hook", Kinds = kinds ?? [EventKind.Refused, EventKind.DetectedLate] },
            },
            Secrets = [CallbackReceiver.Secret],
            MaxWaiting = most,
            DataPath = isOnDisk ? folder ?? _folder.File("data") : "",
        };
        var targets = new EventTargets(
            options,
            _upstream.Services.GetRequiredService<NameResolver>(),
            _upstream.Services.GetRequiredService<UpstreamProxies>(),
            NullLogger<UpstreamGuard>.Instance);
        var queue = EventQueue.Open(targets, options, _clock);
        _open.Add(queue);
        return queue;
    }

    private static async Task<IReadOnlyList<string>> DrainAsync(EventQueue queue)
    {
        var ids = new List<string>();
        while ((await queue.TakeAsync(Name, Cancelled)).Held is { } held)
        {
            Assert.Equal($"{{\"id\":\"{held.Event.Id}\"}}", Encoding.UTF8.GetString(held.Event.Body));
            ids.Add(held.Event.Id);
            await queue.DeliveredAsync(held);
        }

        return ids;
    }
}
