using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Matrix;

/// <summary>
/// The server that files come from. It is part of this process, so its relay plays what a kernel shows of a process that is gone or
/// stopped.
/// </summary>
internal static class UpstreamFaults
{
    public static Fault Of(FaultKind kind) => Case(kind) with
    {
        MustBeRight = mode => mode is Mode.Store or Mode.Fresh or Mode.Unchanged || kind is FaultKind.Slow or FaultKind.TornReply,
        Sign = kind is FaultKind.Slow or FaultKind.TornReply ? null : HasNoticed,
    };

    private static Fault Case(FaultKind kind) => kind switch
    {
        FaultKind.Refuses => new(world => world.Upstream.RefuseAsync(), ListenAsync),
        FaultKind.Hangs => Relayed(RelayMode.Hang),
        FaultKind.ResetsMidway => Relayed(RelayMode.ResetMidway),
        FaultKind.Slow => Relayed(RelayMode.Slow),
        FaultKind.TornReply => Relayed(RelayMode.Tear),
        FaultKind.Garbage => Relayed(RelayMode.Garble),
        FaultKind.Killed => new(world => world.Upstream.RefuseAsync(), ListenAsync) { IsMidway = true },
        FaultKind.Stopped => Relayed(RelayMode.Hang) with { IsMidway = true },
        FaultKind.Restarted => new(RestartAsync, ListenAsync) { IsMidway = true, CanFlip = false },
        FaultKind.Reloading => Fault.None("a web server that reloads serves on, or shows as restarted"),
        FaultKind.DiskFull => Fault.None("upstream's disk shows as its error status or a broken body, which other rows have"),
        FaultKind.OutOfDescriptors => Fault.None("shows as hanging: the kernel takes the connection, nobody answers"),
    };

    private static async Task RestartAsync(World world)
    {
        await world.Upstream.RefuseAsync();
        world.Upstream.Listen();
    }

    private static bool HasNoticed(Metrics before, Metrics now) => Noticed(now) > Noticed(before);

    private static double Noticed(Metrics metrics) =>
        metrics.Sum("clamproxy_gate_requests_total", "outcome=\"upstream-")
        + metrics.Sum("clamproxy_gate_trickles_total", "outcome=\"upstream-")
        + metrics.Sum("clamproxy_gate_download_restarts_total")
        + metrics.Sum("clamproxy_download_retries_total");

    private static Task ListenAsync(World world)
    {
        world.Upstream.Listen();
        return Task.CompletedTask;
    }

    private static Fault Relayed(RelayMode mode) => new(world => SetAsync(world, mode), world => SetAsync(world, RelayMode.Pass));

    private static Task SetAsync(World world, RelayMode mode)
    {
        world.Upstream.Mode = mode;
        return Task.CompletedTask;
    }
}
