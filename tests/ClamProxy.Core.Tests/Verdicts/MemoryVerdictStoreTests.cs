using System.Text;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Verdicts;

public sealed class MemoryVerdictStoreTests : VerdictStoreConformance
{
    private readonly FakeTimeProvider _time = FakeClock.Create();
    private readonly TestMeters _meters = new();
    private MemoryVerdictStore? _memory;

    private MemoryVerdictStore Memory => _memory!;

    public override ValueTask DisposeAsync()
    {
        _meters.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Full_TheLeastRecentlyUsedMakesRoom()
    {
        var small = Create(new VerdictOptions { MemoryEntries = 3 });
        foreach (var name in new[] { "a", "b", "c" })
        {
            await small.SaveUrlAsync(Key(name), Records.CleanUrl, null, default);
        }

        Assert.NotNull(await small.FindUrlAsync(Key("a"), default));
        await small.SaveUrlAsync(Key("d"), Records.CleanUrl, null, default);

        Assert.Null(await small.FindUrlAsync(Key("b"), default));
        foreach (var name in new[] { "a", "c", "d" })
        {
            Assert.NotNull(await small.FindUrlAsync(Key(name), default));
        }
    }

    [Fact]
    public async Task FilledFarOver_HoldsItsBoundAndTheNewest()
    {
        var small = Create(new VerdictOptions { MemoryEntries = 100 });
        for (var i = 0; i < 10_000; i++)
        {
            await small.SaveUrlAsync(Key($"{i}"), Records.CleanUrl, null, default);
        }

        for (var i = 9_900; i < 10_000; i++)
        {
            Assert.NotNull(await small.FindUrlAsync(Key($"{i}"), default));
        }

        Assert.Null(await small.FindUrlAsync(Key("9899"), default));
        Assert.Equal(100, _meters.Gauge("clamproxy.verdicts.entries"));
    }

    [Fact]
    public async Task LongRecords_TakeNoMoreMemoryThanAllowed()
    {
        var small = Create(new VerdictOptions { MemoryBytes = 1 << 20 });
        var longest = Records.CleanUrl with { ETag = $"\"{new string('a', 1700)}\"" };
        for (var i = 0; i < 2_000; i++)
        {
            await small.SaveUrlAsync(Key($"{i}"), longest, null, default);
        }

        Assert.InRange(_meters.Gauge("clamproxy.verdicts.entries"), 400, 550);
        Assert.NotNull(await small.FindUrlAsync(Key("1999"), default));
        Assert.Null(await small.FindUrlAsync(Key("1400"), default));
    }

    [Fact]
    public async Task Counted_ByTierAndResult()
    {
        await Store.FindUrlAsync(Records.Url, default);
        await Store.SaveContentAsync(Records.Content, Records.Clean, default);
        await Store.FindContentAsync(Records.Content, default);
        await Store.DropUrlAsync(Records.Url, default);

        Assert.Equal(1, _meters.Sum("clamproxy.verdicts.lookups", "url", "miss"));
        Assert.Equal(1, _meters.Sum("clamproxy.verdicts.lookups", "content", "hit"));
        Assert.Equal(1, _meters.Sum("clamproxy.verdicts.saves", "content", "done"));
        Assert.Equal(1, _meters.Sum("clamproxy.verdicts.drops", "url", "done"));
    }

    protected override ValueTask<IVerdictStore> StartAsync() =>
        new(_memory = Create(new VerdictOptions { CacheTtl = TimeToLive }));

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    protected override Task PlantAsync(string key, byte[] value)
    {
        Memory.Plant(key, value);
        return Task.CompletedTask;
    }

    protected override Task<string?> RawAsync(string key) =>
        Task.FromResult(Memory.Peek(key) is { } value ? Encoding.UTF8.GetString(value) : null);

    private static UrlKey Key(string name) => UrlKey.For($"https://example.org/{name}", []);

    private MemoryVerdictStore Create(VerdictOptions options) => new(options, new VerdictMetrics(_meters), _time);
}
