using System.Text.Json;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Events;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Names;
using ClamProxy.Core.Tests.Deliveries;
using ClamProxy.Core.Tests.Download;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Core.Tests.Events;

/// <summary>No crash between the record and the queue loses a late detection.</summary>
public sealed class LateEventsTests : IAsyncDisposable
{
    private const string Name = "siem";

    private readonly RecordRig _rig = new();
    private readonly TempFolder _folder = new();
    private readonly Upstream _upstream = new();
    private readonly List<IDisposable> _open = [];
    private readonly List<LateEvents> _running = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _running)
        {
            await one.StopAsync(CancellationToken.None);
            one.Dispose();
        }

        _open.ForEach(one => one.Dispose());
        await _upstream.DisposeAsync();
        await _rig.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task KilledBeforeTheRecordIsMarked_IsToldAfterTheRestart()
    {
        var record = await _rig.OpenAsync();
        await TakeAsync(record, 3);
        var (killed, _) = Open(record);
        await killed.BeginAsync(RecordRig.Hash("file"), 0, Cancelled);

        var (restarted, queue) = Open(record);
        await restarted.StartAsync(Cancelled);

        Assert.Equal(["10.0.0.0", "10.0.0.1", "10.0.0.2"], (await EventAsync(queue)).Order());
    }

    [Fact]
    public async Task KilledAfterTheRecordWasMarked_IsToldAfterTheRestart()
    {
        var record = await _rig.OpenAsync();
        await TakeAsync(record, 2);
        var (killed, _) = Open(record);
        await killed.BeginAsync(RecordRig.Hash("file"), 0, Cancelled);
        Assert.Equal(2, (await record.DetectAsync(RecordRig.Hash("file"), "Evil-1", _rig.Clock.GetUtcNow(), Cancelled)).Rows);

        var (restarted, queue) = Open(record);
        await restarted.StartAsync(Cancelled);

        Assert.Equal(["10.0.0.0", "10.0.0.1"], (await EventAsync(queue)).Order());
    }

    [Fact]
    public async Task AnotherProcessTells_ThisOneDoesNot()
    {
        var record = await _rig.OpenAsync();
        await TakeAsync(record, 1);
        var (events, queue) = Open(record);
        await events.StartAsync(Cancelled);

        await events.BeginAsync(RecordRig.Hash("file"), 0, Cancelled);
        await events.EndAsync(RecordRig.Hash("file"), 0, isOurs: false, Cancelled);
        await record.AddAsync(_rig.Delivery("mark", client: "10.0.0.99"));
        await record.WriteAsync();
        await events.EndAsync(RecordRig.Hash("mark"), 0, isOurs: true, Cancelled);

        Assert.Equal(["10.0.0.99"], await EventAsync(queue));
        Assert.Equal(1, (await queue.TakeAsync(Name, Cancelled)).State.Waiting);
    }

    [Fact]
    public async Task SeenByTheScannerAgain_WhoTookItSinceIsTold()
    {
        var record = await _rig.OpenAsync();
        await TakeAsync(record, 1);
        using var late = LateOf(record);
        await late.StartAsync(Cancelled);
        var (events, queue) = Open(record, late);
        await events.StartAsync(Cancelled);

        late.Seen(Infected());
        Assert.Equal(["10.0.0.0"], await EventAsync(queue));
        await queue.DeliveredAsync((await queue.TakeAsync(Name, Cancelled)).Held!);
        _rig.Clock.Advance(TimeSpan.FromDays(1));
        await record.AddAsync(_rig.Delivery(client: "10.0.0.8"));
        _rig.Clock.Advance(TimeSpan.FromDays(1));
        late.Seen(Infected());

        Assert.Contains("10.0.0.8", await EventAsync(queue));
        await late.StopAsync(Cancelled);
    }

    private ContentRecord Infected() => new(
        RecordRig.Hash("file"), Verdict.Infected, "Evil-1", UnscannableReason.None, null, null, null, null, _rig.Clock.GetUtcNow());

    private async Task TakeAsync(DeliveryRecord record, int takers)
    {
        for (var number = 0; number < takers; number++)
        {
            await record.AddAsync(_rig.Delivery(client: $"10.0.0.{number}"));
        }

        await record.WriteAsync();
    }

    private (LateEvents Events, EventQueue Queue) Open(DeliveryRecord record, LateDetections? late = null)
    {
        var options = new EventOptions
        {
            Listed = [$"{Name}=https://siem.example.org/hook"],
            Secrets = [CallbackReceiver.Secret],
            DataPath = _folder.File("data"),
        };
        var targets = new EventTargets(
            options,
            _upstream.Services.GetRequiredService<NameResolver>(),
            _upstream.Services.GetRequiredService<UpstreamProxies>(),
            NullLogger<UpstreamGuard>.Instance);
        var queue = EventQueue.Open(targets, options, _rig.Clock);
        _open.Add(queue);
        var events = new LateEvents(
            record,
            late ?? LateOf(record),
            queue,
            options,
            new EventReport(options, new EventMetrics(_rig.Meters), _rig.Clock, new FakeLogger<EventReport>(_rig.Log)),
            _rig.Clock);
        _running.Add(events);
        return (events, queue);
    }

    /// <summary>The clients that the first event names, once there is one.</summary>
    private static async Task<IReadOnlyList<string>> EventAsync(EventQueue queue)
    {
        using var late = new CancellationTokenSource(RecordRig.Limit);
        while (true)
        {
            if ((await queue.TakeAsync(Name, late.Token)).Held is { } held)
            {
                return [.. JsonSerializer.Deserialize<JsonElement>(held.Event.Body).GetProperty("data").GetProperty("takers")
                    .EnumerateArray().Select(taker => taker.GetProperty("client").GetString()!)];
            }

            await Task.Delay(5, late.Token);
        }
    }

    private LateDetections LateOf(DeliveryRecord record) => new(
        record, new DeliveryMetrics(_rig.Meters), new RecentDetections(), _rig.Clock, new FakeLogger<LateDetections>(_rig.Log));
}
