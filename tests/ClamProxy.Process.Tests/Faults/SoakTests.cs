using ClamProxy.Soak.Load;

namespace ClamProxy.Process.Tests.Faults;

/// <summary>A short soak; the command <c>soak</c> of ClamProxy.Soak runs a long one (docs/development/fault-tests.md).</summary>
[Collection(Alone.Name)]
public sealed class SoakTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task MixAtSaturationWithFaults_NoByteIsWrongAndNothingGrows()
    {
        var seed = Environment.TickCount;
        Assert.True(
            await SoakRun.RunAsync(Duration, (_, _) => true, seed, output.WriteLine, output.WriteLine), $"seed {seed}: see the output");
    }
}
