using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Matrix;

/// <summary>One clamd, or all of them.</summary>
internal static class ClamdFaults
{
    public static Fault Of(FaultKind kind, bool isEvery, World world)
    {
        var fault = Of(kind, world.Scanners[0].Disk.CanFail, isEvery ? world => world.Scanners : world => world.Scanners.Take(1));
        var isBearable = !isEvery || kind is FaultKind.Slow or FaultKind.TornReply or FaultKind.Reloading;
        return fault with
        {
            // With another scanner, or none needed, nobody notices.
            MustBeRight = mode => isBearable || mode is Mode.Hit or Mode.Store or Mode.Fresh or Mode.Unchanged,
            Sign = kind is FaultKind.Slow or FaultKind.TornReply or FaultKind.Restarted or FaultKind.Reloading or FaultKind.DiskFull
                or FaultKind.OutOfDescriptors
                ? null
                : HasNoticed,
        };
    }

    private static Fault Of(FaultKind kind, bool canFill, Func<World, IEnumerable<ScannerUnderTest>> struck) => kind switch
    {
        FaultKind.Refuses => On(struck, s => s.Network.RefuseAsync(), s => Done(s.Network.Listen)),
        FaultKind.Hangs => Relayed(struck, RelayMode.Hang),
        FaultKind.ResetsMidway => Relayed(struck, RelayMode.ResetMidway),
        FaultKind.Slow => Relayed(struck, RelayMode.Slow),
        FaultKind.TornReply => Relayed(struck, RelayMode.Tear),
        FaultKind.Garbage => Relayed(struck, RelayMode.Garble),
        FaultKind.Killed => On(struck, s => s.Process.Process.KillAsync(), s => s.Process.StartAgainAsync()) with { IsMidway = true },
        FaultKind.Stopped => On(struck, s => Done(s.Process.Process.Freeze), s => Done(s.Process.Process.Thaw)) with { IsMidway = true },
        FaultKind.Restarted => On(struck, RestartAsync, _ => Task.CompletedTask) with { IsMidway = true },
        FaultKind.Reloading => On(struck, s => s.Process.ReloadAsync(), _ => Task.CompletedTask) with { IsMidway = true },
        FaultKind.DiskFull => canFill
            ? On(struck, s => s.Disk.FillAsync(), s => s.Disk.MendAsync()) with { IsMidway = true }
            : Fault.None("mounting a small disk is not permitted here"),
        FaultKind.OutOfDescriptors =>
            On(
                struck,
                s => Done(s.Process.Process.RunOutOfDescriptors),
                GiveBackAsync) with
            { IsMidway = true },
    };

    private static async Task RestartAsync(ScannerUnderTest scanner)
    {
        await scanner.Process.Process.KillAsync();
        await scanner.Process.StartAgainAsync();
    }

    private static Task GiveBackAsync(ScannerUnderTest scanner)
    {
        // clamd 1.4 may crash without descriptors; whoever runs it starts it again.
        if (!scanner.Process.Process.HasExited)
        {
            scanner.Process.Process.GiveDescriptorsBack();
        }

        return scanner.ReviveAsync();
    }

    private static bool HasNoticed(Metrics before, Metrics now) =>
        now.Sum("clamproxy_clamd_scanner_up") < before.Sum("clamproxy_clamd_scanner_up")
        || Failed(now) > Failed(before);

    private static double Failed(Metrics metrics) =>
        metrics.Sum("clamproxy_clamd_scans_total", "outcome=\"unavailable\"")
            + metrics.Sum("clamproxy_clamd_scans_total", "outcome=\"error\"");

    private static Fault Relayed(Func<World, IEnumerable<ScannerUnderTest>> struck, RelayMode mode) =>
        On(struck, s => Done(() => s.Network.Mode = mode), s => Done(() => s.Network.Mode = RelayMode.Pass));

    private static Fault On(
        Func<World, IEnumerable<ScannerUnderTest>> struck, Func<ScannerUnderTest, Task> begin, Func<ScannerUnderTest, Task> end) =>
        new(world => Task.WhenAll(struck(world).Select(begin)), world => Task.WhenAll(struck(world).Select(end)));

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
