using ClamProxy.TestKit;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Process.Tests.Corpus;

/// <summary>EICAR in every wrapping and at every limit, through the real ClamProxy and a real clamd: never one byte of it.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    private const int Patience = 180_000;
    private const int LeastCases = 300;

    private static readonly string[] Limits = [.. LimitCases.Lines, "AlertExceedsMax yes"];

    [Fact(Timeout = Patience)]
    public async Task EveryWrapping_IsRefused()
    {
        await using var world = await CorpusWorld.StartAsync(isReady: true, [], Limits);
        List<CorpusCase> cases =
        [
            .. NestedCases.All(), .. ZipCases.All(), .. ZipEndCases.All(), .. UnlistedCases.All(), .. MemberCases.All(), .. TarCases.All(),
            .. PackageCases.All(), .. CodingCases.All(), .. LimitCases.All(), .. CompoundCases.All(),
            .. WrongSumCases.All()
        ];
        var totals = await world.RunAsync(output, "AlertExceedsMax yes", cases);
        totals.AssertAll(409);
        Assert.True(cases.Count >= LeastCases);
        Assert.Equal(cases.Count, cases.Select(one => one.Name).Distinct().Count());
    }

    [Fact(Timeout = Patience)]
    public async Task EveryCodedWrapping_IsRefusedInEachFormOfAnAnswerThatMayChange()
    {
        using var store = new TempFolder();
        await using var world = await CorpusWorld.StartAsync(
            isReady: true, new Dictionary<string, string> { ["STORE_PATH"] = store.File("store") }, Limits);
        var refused = await world.RunAsMayChangeAsync([.. CodingCases.All(), .. WrongSumCases.All()]);
        refused.AssertAll(409);
        var passed = await world.RunAsMayChangeAsync([.. CleanCases.All()]);
        passed.AssertAll(200);
    }

    [Fact(Timeout = Patience)]
    public async Task CleanFiles_Pass()
    {
        await using var world = await CorpusWorld.StartAsync(isReady: true, [], Limits);
        var totals = await world.RunAsync(output, "clean", [.. CleanCases.All()]);
        totals.AssertAll(200, 206, 416);
    }

    [Fact(Timeout = Patience)]
    public async Task SilentScanner_GetsNothingToScan()
    {
        await using var world = await CorpusWorld.StartAsync(isReady: false, [], [.. LimitCases.Lines, "AlertExceedsMax no"]);
        var totals = await world.RunAsync(output, "AlertExceedsMax no", [.. LimitCases.All(), .. CleanCases.All()]);
        totals.AssertAll(503);
    }

    [Fact(Timeout = Patience)]
    public async Task ScanOverMaxScanTime_IsRefused()
    {
        await using var world = await CorpusWorld.StartAsync(isReady: true, [], "AlertExceedsMax yes", "MaxScanTime 60");
        var content = new byte[40 << 20];
        var end = new RawZip().Build(TestKit.Eicar.Bytes);
        end.CopyTo(content, content.Length - end.Length);
        var totals = await world.RunAsync(
            output,
            "MaxScanTime",
            [
                new CorpusCase("zip that takes long", new RawZip().Build(content)),
                new CorpusCase("gzip that takes long", Packers.Gzip(content))]);
        totals.AssertAll(409);
    }
}
