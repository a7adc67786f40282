using ClamProxy.Soak.Matrix;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Process.Tests.Faults;

/// <summary>
/// About half of the fault matrix; the command <c>matrix</c> of ClamProxy.Soak runs all of it (docs/development/fault-tests.md).
/// </summary>
[Collection(Alone.Name)]
public sealed class FaultMatrixTests(ITestOutputHelper output)
{
    [Fact]
    public async Task EverythingFailsInTurn_NoByteIsWrongAndNothingIsLeft()
    {
        var run = new MatrixRun(output.WriteLine);
        await using var world = await World.StartAsync();

        await run.RunAsync(world, MatrixRun.OnDisk, IsChosen);

        var table = new MatrixTable(run);
        output.WriteLine(table.Write());
        Assert.True(table.IsGood, table.Write());
    }

    /// <summary>Every component and every kind, each about half of the times.</summary>
    private static bool IsChosen(Component component, FaultKind kind) =>
        ((int)component + (int)kind) % 2 == 1 || (component, kind) is (Component.Disk, FaultKind.DiskFull);
}
