using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Matrix;

/// <summary>Redis, without which everything goes on.</summary>
internal static class RedisFaults
{
    public static Fault Of(FaultKind kind) => Case(kind) with
    {
        MustBeRight = _ => true,
        Sign = kind is FaultKind.Slow or FaultKind.TornReply or FaultKind.Reloading or FaultKind.OutOfDescriptors or FaultKind.Restarted
            ? null
            : HasNoticed,
    };

    private static Fault Case(FaultKind kind) => kind switch
    {
        FaultKind.Refuses => new(world => world.RedisNetwork.RefuseAsync(), world => Done(world.RedisNetwork.Listen)),
        FaultKind.Hangs => Relayed(RelayMode.Hang),
        FaultKind.ResetsMidway => Relayed(RelayMode.ResetMidway),
        FaultKind.Slow => Relayed(RelayMode.Slow),
        FaultKind.TornReply => Relayed(RelayMode.Tear),
        FaultKind.Garbage => Relayed(RelayMode.Garble),
        FaultKind.Killed => new(world => world.Redis.KillAsync(), world => world.Redis.RestartAsync()) { IsMidway = true },
        FaultKind.Stopped => new(world => Done(world.Redis.Freeze), world => Done(world.Redis.Thaw)) { IsMidway = true },
        FaultKind.Restarted => new(world => world.Redis.RestartAsync(), _ => Task.CompletedTask) { IsMidway = true },
        FaultKind.Reloading => new(world => world.Redis.AskAsync("SCRIPT", "FLUSH"), _ => Task.CompletedTask) { IsMidway = true },
        // What it keeps is in memory: that is its disk.
        FaultKind.DiskFull =>
            new(
                world => world.Redis.AskAsync("CONFIG", "SET", "maxmemory", "1"),
                world => world.Redis.AskAsync("CONFIG", "SET", "maxmemory", "0"))
            { IsMidway = true },
        FaultKind.OutOfDescriptors => new(RunOutAsync, world => Done(world.Redis.GiveDescriptorsBack)) { IsMidway = true },
    };

    private static Task RunOutAsync(World world)
    {
        world.Redis.RunOutOfDescriptors();
        // Those that are open would hide it.
        world.RedisNetwork.ResetAll();
        return Task.CompletedTask;
    }

    private static bool HasNoticed(Metrics before, Metrics now) =>
        Errors(now) > Errors(before) || now.Sum("clamproxy_verdicts_breaker_open") > 0;

    private static double Errors(Metrics metrics) =>
        metrics.Sum("clamproxy_verdicts_lookups_total", "result=\"error\"")
            + metrics.Sum("clamproxy_verdicts_saves_total", "result=\"error\"");

    private static Fault Relayed(RelayMode mode) =>
        new(world => Done(() => world.RedisNetwork.Mode = mode), world => Done(() => world.RedisNetwork.Mode = RelayMode.Pass));

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
