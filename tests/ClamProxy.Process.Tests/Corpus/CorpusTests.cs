using System.Diagnostics;
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
        var totals = await RunAsync(world, "AlertExceedsMax yes", cases);
        AssertAll(totals, 409);
        Assert.True(cases.Count >= LeastCases);
        Assert.Equal(cases.Count, cases.Select(one => one.Name).Distinct().Count());
    }

    [Fact(Timeout = Patience)]
    public async Task CleanFiles_Pass()
    {
        await using var world = await CorpusWorld.StartAsync(isReady: true, [], Limits);
        var totals = await RunAsync(world, "clean", [.. CleanCases.All()]);
        AssertAll(totals, 200, 206, 416);
    }

    [Fact(Timeout = Patience)]
    public async Task SilentScannerAccepted_IsTrustedUpToWhatItShowed()
    {
        await using var world = await CorpusWorld.StartAsync(
            isReady: true,
            new Dictionary<string, string> { ["SILENT_LIMITS"] = "accept" },
            [.. LimitCases.Lines, "AlertExceedsMax no", "MaxFiles 100000"]);
        var totals = await RunAsync(
            world,
            "AlertExceedsMax no, accepted",
            [
                .. NestedCases.All(),
                .. ZipCases.All(),
                .. ZipEndCases.All(),
                .. UnlistedCases.All(),
                .. MemberCases.All(),
                .. TarCases.All(),
                .. PackageCases.All(),
                .. LimitCases.ByDirectory(),
                .. LimitCases.BySize()]);
        AssertAll(totals, 409);
        AssertAll(await RunAsync(world, "clean", [.. CleanCases.All()]), 200, 206, 416);
        Assert.Contains("SILENT_LIMITS=accept", world.Proxy.Log, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task SilentScanner_GetsNothingToScan()
    {
        await using var world = await CorpusWorld.StartAsync(isReady: false, [], [.. LimitCases.Lines, "AlertExceedsMax no"]);
        var totals = await RunAsync(world, "AlertExceedsMax no", [.. LimitCases.All(), .. CleanCases.All()]);
        AssertAll(totals, 503);
    }

    [Fact(Timeout = Patience)]
    public async Task ScanOverMaxScanTime_IsRefused()
    {
        await using var world = await CorpusWorld.StartAsync(isReady: true, [], "AlertExceedsMax yes", "MaxScanTime 60");
        var content = new byte[40 << 20];
        var end = new RawZip().Build(TestKit.Eicar.Bytes);
        end.CopyTo(content, content.Length - end.Length);
        var totals = await RunAsync(
            world,
            "MaxScanTime",
            [
                new CorpusCase("zip that takes long", new RawZip().Build(content)),
                new CorpusCase("gzip that takes long", Packers.Gzip(content))]);
        AssertAll(totals, 409);
    }

    private static void AssertAll(CorpusTotals totals, params int[] statuses)
    {
        var others = totals.Except(statuses);
        Assert.True(others.Count == 0, string.Join('\n', others));
    }

    private async Task<CorpusTotals> RunAsync(CorpusWorld world, string name, IReadOnlyList<CorpusCase> cases)
    {
        var watch = Stopwatch.StartNew();
        var totals = await world.RunAsync(cases);
        output.WriteLine($"{name}: {totals}, {watch.Elapsed.TotalSeconds:0.0} s");
        return totals;
    }
}
