using ClamProxy.Soak.Compose;

namespace ClamProxy.Process.Tests.Hostile;

/// <summary>
/// A short run of the composing upstream; the command <c>compose</c> of ClamProxy.Soak runs a long one (docs/development/fault-tests.md).
/// </summary>
public sealed class ComposeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task UpstreamComposesEveryAnswer_EveryFileOnDiskWasScanned()
    {
        var seed = Environment.TickCount;
        Assert.True(await ComposeRun.RunAsync(Duration, seed, output.WriteLine), $"seed {seed}: see the output");
    }
}
