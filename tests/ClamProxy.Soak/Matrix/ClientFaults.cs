using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Matrix;

/// <summary>The clients, each behind a relay that plays their bad days.</summary>
internal static class ClientFaults
{
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    public static Fault Of(FaultKind kind) => Case(kind) with
    {
        MustBeRight = _ => kind is FaultKind.Hangs or FaultKind.Slow or FaultKind.TornReply or FaultKind.Stopped,
    };

    private static Fault Case(FaultKind kind) => kind switch
    {
        FaultKind.Hangs => Relayed(RelayMode.Hang) with { EndsAfter = Stall },
        FaultKind.Stopped => Relayed(RelayMode.Hang) with { EndsAfter = Stall, IsMidway = true },
        FaultKind.ResetsMidway => Relayed(RelayMode.ResetMidway),
        FaultKind.Slow => Relayed(RelayMode.Slow),
        FaultKind.TornReply => Relayed(RelayMode.TearRequests),
        FaultKind.Killed => new(KillAsync, _ => Task.CompletedTask) { IsMidway = true },
        FaultKind.Refuses => Fault.None("clients call, nobody calls them"),
        FaultKind.Garbage => Fault.None("malformed requests have tests of their own (BadRequestTests)"),
        FaultKind.Restarted => Fault.None("asking again is part of every cell"),
        FaultKind.Reloading or FaultKind.DiskFull or FaultKind.OutOfDescriptors =>
            Fault.None("shows to us as a client that is slow or gone"),
    };

    private static Task KillAsync(World world)
    {
        foreach (var network in Networks(world))
        {
            network.ResetAll();
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<FlakyRelay> Networks(World world) =>
        world.Proxies.SelectMany(proxy => new[] { proxy.Network, proxy.Strangers });

    private static Fault Relayed(RelayMode mode) => new(world => SetAsync(world, mode), world => SetAsync(world, RelayMode.Pass));

    private static Task SetAsync(World world, RelayMode mode)
    {
        foreach (var network in Networks(world))
        {
            network.Mode = mode;
        }

        return Task.CompletedTask;
    }
}
