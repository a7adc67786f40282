using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Process.Tests.Corpus;

/// <summary>The corpus with a scanner that does not tell of its limits and is accepted all the same (SILENT_LIMITS).</summary>
public sealed class AcceptedScannerTests(ITestOutputHelper output)
{
    private const int Patience = 180_000;

    [Fact(Timeout = Patience)]
    public async Task SilentScannerAccepted_IsTrustedUpToWhatItShowed()
    {
        await using var world = await CorpusWorld.StartAsync(
            isReady: true,
            new Dictionary<string, string> { ["SILENT_LIMITS"] = "accept" },
            [.. LimitCases.Lines, "AlertExceedsMax no", "MaxFiles 100000"]);
        var totals = await world.RunAsync(
            output,
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
        totals.AssertAll(409);
        (await world.RunAsync(output, "clean", [.. CleanCases.All()])).AssertAll(200, 206, 416);
        Assert.Contains("SILENT_LIMITS=accept", world.Proxy.Log, StringComparison.Ordinal);
    }
}
