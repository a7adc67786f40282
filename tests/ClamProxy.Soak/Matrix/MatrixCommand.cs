using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>
/// The whole matrix: each fault at both of its moments, with files on disk and in memory, over TCP and over unix sockets.
/// </summary>
internal static class MatrixCommand
{
    /// <returns>The exit code: 0 when no cell failed.</returns>
    public static async Task<int> RunAsync(Func<Component, FaultKind, bool> choose)
    {
        var run = new MatrixRun(Console.Error.WriteLine);
        await using (var world = await World.StartAsync())
        {
            await run.RunAsync(world, MatrixRun.OnDisk, choose);
            await run.RunAsync(
                world, MatrixRun.InMemory, (component, kind) => component != Component.Disk && choose(component, kind), flip: true);
            // What is in memory needs no disk.
            await run.RunAsync(
                world, MatrixRun.OnDisk, (component, kind) => component == Component.Disk && choose(component, kind), flip: true);
        }

        await using (var world = await World.StartAsync(overUnixSockets: true))
        {
            await run.RunAsync(world, MatrixRun.OnDisk, (component, kind) => choose(component, kind) && IsPastRelays(component, kind));
        }

        var table = new MatrixTable(run);
        Console.Write(table.Write());
        return table.IsGood ? 0 : 1;
    }

    /// <summary>What unix sockets make a difference to: faults of a clamd that no relay plays.</summary>
    private static bool IsPastRelays(Component component, FaultKind kind) =>
        component is Component.EveryClamd or Component.OneOfTwoClamds
        && kind is FaultKind.Killed or FaultKind.Stopped or FaultKind.Restarted or FaultKind.Reloading or FaultKind.DiskFull
        or FaultKind.OutOfDescriptors;
}
