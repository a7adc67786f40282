using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Tests.Scanning;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Fetching;

/// <summary>The same content behind two URLs at once is scanned once; each URL is recorded and stored.</summary>
public sealed class SharedScanTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly byte[] _content = RandomBody.Of(20_000);

    [Fact]
    public async Task SameContentFromTwoUrlsAtOnce_IsScannedOnceAndKeptUnderBoth()
    {
        using var store = new TempFolder();
        await using var rig = await GateRig.StartAsync(store.Path);
        rig.Origin.On("/one", _content).On("/two", _content);
        var held = HeldScans.Of(rig.Clamd);

        var one = AskAsync(rig, "/one", true);
        await held.BeganAsync();
        var two = AskAsync(rig, "/two", true);
        await ScanRig.UntilAsync(() => rig.Origin.Requests.Count == 2);
        held.LetGo();

        // The second one's last bytes may come a moment after the first one's verdict.
        Assert.Equal(CacheOutcome.Miss, await one);
        Assert.Contains(await two, new[] { CacheOutcome.Miss, CacheOutcome.ByContent });
        Assert.Equal((CacheOutcome.Stored, CacheOutcome.Stored), (await AskAsync(rig, "/one", true), await AskAsync(rig, "/two", true)));
        Assert.Equal((1, 2), (held.Count, rig.Origin.Requests.Count));
    }

    [Fact]
    public async Task CacheScanFalse_HasAScanOfItsOwn()
    {
        using var store = new TempFolder();
        await using var rig = await GateRig.StartAsync(store.Path);
        rig.Origin.On("/one", _content).On("/two", _content);
        var held = HeldScans.Of(rig.Clamd);

        var one = AskAsync(rig, "/one", true);
        await held.BeganAsync();
        var two = AskAsync(rig, "/two", false);
        await held.BeganAsync();
        held.LetGo();

        Assert.Equal((CacheOutcome.Miss, CacheOutcome.NotAsked), (await one, await two));
        Assert.Equal(2, held.Count);
    }

    private static async Task<CacheOutcome> AskAsync(GateRig rig, string path, bool cacheScan)
    {
        var request = new GateRequest(Target.TryCreate(rig.Origin.Url, path, out _)!, [], cacheScan) { Delivery = DeliveryMode.Hold };
        await using var result = await rig.Gate.OpenAsync(request, CancellationToken.None).WaitAsync(Limit);
        return Assert.IsType<GateResult.Whole>(result).Trace.Cache;
    }
}
