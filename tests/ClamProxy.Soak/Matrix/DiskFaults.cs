using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>The disk that spools and store are on.</summary>
internal static class DiskFaults
{
    public static Fault Of(FaultKind kind, World world)
    {
        var fault = Case(kind);
        return fault.WhyNot is null && !world.Disk.CanFail ? Fault.None("mounting a small disk is not permitted here") : fault with
        {
            // What is stored already needs no room.
            MustBeRight = mode => mode is Mode.Store or Mode.Fresh or Mode.Unchanged,
            Sign = (before, now) => Full(now) > Full(before),
        };
    }

    private static Fault Case(FaultKind kind) => kind switch
    {
        FaultKind.Refuses => new(world => world.Disk.ForbidWritesAsync(), world => world.Disk.MendAsync()) { CanFlip = false },
        FaultKind.DiskFull => new(world => world.Disk.FillAsync(), world => world.Disk.MendAsync()) { IsMidway = true },
        // What a file system runs out of instead.
        FaultKind.OutOfDescriptors => new(world => world.Disk.TakeInodesAsync(), world => world.Disk.MendAsync()) { CanFlip = false },
        FaultKind.Hangs or FaultKind.Slow =>
            Fault.None("takes a kernel device that stalls; a slow disk only makes a slow download or scan, which other rows have"),
        FaultKind.ResetsMidway or FaultKind.TornReply or FaultKind.Killed or FaultKind.Stopped or FaultKind.Restarted
            or FaultKind.Reloading =>
            Fault.None("a disk is no process and speaks no protocol"),
        FaultKind.Garbage => Fault.None("damaged stored files have tests of their own (StoreDamageTests)"),
    };

    private static double Full(Metrics metrics) =>
        metrics.Sum("clamproxy_gate_requests_total", "outcome=\"spool-full\"")
            + metrics.Sum("clamproxy_gate_trickles_total", "outcome=\"spool-full\"");
}
