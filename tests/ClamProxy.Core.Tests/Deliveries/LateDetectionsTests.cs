using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Core.Tests.Deliveries;

/// <summary>Who took a content that turns out to be infected is named, once.</summary>
public sealed class LateDetectionsTests : IAsyncDisposable
{
    private const int Event = 9100;

    private readonly RecordRig _rig = new();
    private readonly RecentDetections _recent = new();
    private readonly List<LateDetections> _running = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _running)
        {
            await one.StopAsync(CancellationToken.None);
            one.Dispose();
        }

        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task InfectedContent_NamesAllThatTookIt()
    {
        var (record, late) = await StartAsync();
        await record.AddAsync(_rig.Delivery());
        await record.AddAsync(_rig.Delivery(client: "10.0.0.8\nforged", url: "https://h/b"));
        await record.AddAsync(_rig.Delivery("another", client: "10.0.0.9"));

        late.Seen(Infected());

        var line = await LineAsync(1);
        Assert.StartsWith(
            $"DELIVERED CONTENT TURNED OUT INFECTED: Evil-1, sha256 {RecordRig.Hash("file")}: 2 clients took it since "
                + "2026-01-01 00:00:00Z: ",
            line,
            StringComparison.Ordinal);
        Assert.Contains("10.0.0.7 (ci) https://h/a 2026-01-01 00:00:00Z", line, StringComparison.Ordinal);
        Assert.Contains("10.0.0.8%0Aforged (ci) https://h/b", line, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.9", line, StringComparison.Ordinal);
        var takers = await record.FindAsync(RecordRig.Hash("file"), CancellationToken.None);
        Assert.Equal(("Evil-1", _rig.Clock.GetUtcNow()), (takers.Signature, takers.DetectedAt));
        Assert.Equal(1, _rig.Meters.Sum("clamproxy.deliveries.detections"));
        var now = _rig.Clock.GetUtcNow();
        Assert.Equal(new LateDetection(now, RecordRig.Hash("file"), "Evil-1", 2, now), Assert.Single(_recent.All));
    }

    [Fact]
    public async Task SecondScanAndSecondProcess_TellNothingNew()
    {
        var (record, late) = await StartAsync();
        var (otherRecord, other) = await StartAsync();
        await record.AddAsync(_rig.Delivery());
        late.Seen(Infected());
        await LineAsync(1);

        _rig.Clock.Advance(TimeSpan.FromMinutes(1));
        late.Seen(Infected());
        other.Seen(Infected());
        await MarkAsync(record, late);
        await MarkAsync(otherRecord, other);

        Assert.Single(Lines(RecordRig.Hash("file")));
    }

    [Fact]
    public async Task DeliveryThatWasUnderWay_IsToldWhenItEnds()
    {
        var (record, late) = await StartAsync();
        var underWay = _rig.Delivery(client: "10.0.0.8");
        _rig.Clock.Advance(TimeSpan.FromSeconds(1));
        late.Seen(Infected());
        await MarkAsync(record, late);
        Assert.Empty(Lines(RecordRig.Hash("file")));
        _rig.Clock.Advance(TimeSpan.FromSeconds(1));

        await record.AddAsync(underWay);
        await record.WriteAsync();
        await MarkAsync(record, late);

        Assert.Contains("10.0.0.8", Assert.Single(Lines(RecordRig.Hash("file"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeliveryThatBeganLater_IsNoNews()
    {
        var (record, late) = await StartAsync();
        late.Seen(Infected());
        await MarkAsync(record, late);
        _rig.Clock.Advance(TimeSpan.FromDays(1));

        // The signature was a mistake, and is corrected.
        await record.AddAsync(_rig.Delivery());
        await record.WriteAsync();
        await MarkAsync(record, late);

        Assert.Empty(Lines(RecordRig.Hash("file")));
    }

    [Fact]
    public async Task InfectedOnceMore_NamesWhoTookItSince()
    {
        var (record, late) = await StartAsync();
        await record.AddAsync(_rig.Delivery());
        late.Seen(Infected());
        await LineAsync(1);
        _rig.Clock.Advance(TimeSpan.FromDays(1));
        await record.AddAsync(_rig.Delivery(client: "10.0.0.8"));
        _rig.Clock.Advance(TimeSpan.FromDays(1));

        late.Seen(Infected());

        var second = await LineAsync(2);
        Assert.Contains("10.0.0.8", second, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.7", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KnownToBeInfectedThen_IsNoNews()
    {
        var (record, late) = await StartAsync();
        await record.AddAsync(_rig.Delivery() with { Verdict = Verdict.Infected });

        late.Seen(Infected());
        await MarkAsync(record, late);

        Assert.Empty(Lines(RecordRig.Hash("file")));
        Assert.Single((await record.FindAsync(RecordRig.Hash("file"), CancellationToken.None)).Some);
    }

    [Fact]
    public async Task ManyTakers_AreNamedUpToTheBound()
    {
        var (record, late) = await StartAsync(new DeliveryOptions { Path = _rig.Folder, MaxNamed = 3 });
        for (var number = 0; number < 10; number++)
        {
            await record.AddAsync(_rig.Delivery(client: $"10.0.0.{number}"));
        }

        late.Seen(Infected());

        var line = await LineAsync(1);
        Assert.Contains("10 clients", line, StringComparison.Ordinal);
        Assert.Contains("; and 7 more; all of them: clamproxy recall ", line, StringComparison.Ordinal);
        Assert.Equal(3, line.Split("(ci)").Length - 1);
    }

    [Theory]
    [InlineData(Verdict.Clean)]
    [InlineData(Verdict.Unscannable)]
    public async Task OtherVerdicts_TellNothing(Verdict verdict)
    {
        var (record, late) = await StartAsync();
        await record.AddAsync(_rig.Delivery());

        late.Seen(Infected() with { Verdict = verdict });
        await MarkAsync(record, late);

        Assert.Empty(Lines(RecordRig.Hash("file")));
    }

    private ContentRecord Infected(string content = "file") => new(
        RecordRig.Hash(content), Verdict.Infected, "Evil-1", UnscannableReason.None, null, null, null, null, _rig.Clock.GetUtcNow());

    private async Task<(DeliveryRecord Record, LateDetections Late)> StartAsync(DeliveryOptions? options = null)
    {
        var record = await _rig.OpenAsync(options);
        var late = new LateDetections(
            record, new DeliveryMetrics(_rig.Meters), _recent, _rig.Clock, new FakeLogger<LateDetections>(_rig.Log));
        await late.StartAsync(CancellationToken.None);
        _running.Add(late);
        return (record, late);
    }

    /// <summary>What was seen before has been handled when this returns.</summary>
    private async Task MarkAsync(DeliveryRecord record, LateDetections late)
    {
        var mark = $"mark {Guid.NewGuid()}";
        await record.AddAsync(_rig.Delivery(mark));
        late.Seen(Infected(mark));
        await UntilAsync(() => Lines(RecordRig.Hash(mark)).Any());
    }

    private async Task<string> LineAsync(int number)
    {
        await UntilAsync(() => Lines(RecordRig.Hash("file")).Count() >= number);
        return Lines(RecordRig.Hash("file")).Last();
    }

    private IEnumerable<string> Lines(string sha256) => _rig.Log.GetSnapshot()
        .Where(line => line.Id.Id == Event && line.Message.Contains(sha256, StringComparison.Ordinal)).Select(line => line.Message);

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var late = new CancellationTokenSource(RecordRig.Limit);
        while (!holds())
        {
            await Task.Delay(5, late.Token);
        }
    }
}
