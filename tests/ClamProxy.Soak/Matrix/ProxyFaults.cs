using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>ClamProxy itself: both processes at once.</summary>
internal static class ProxyFaults
{
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    public static Fault Of(FaultKind kind) => kind switch
    {
        FaultKind.Killed => On(proxy => proxy.Process.KillAsync(), proxy => proxy.StartAgainAsync()) with { IsMidway = true },
        FaultKind.Stopped => On(proxy => Done(proxy.Process.Freeze), proxy => Done(proxy.Process.Thaw)) with
        {
            IsMidway = true,
            EndsAfter = Stall,
            // Upstream and Redis may have given it up meanwhile, clients that wait do not.
            MustBeRight = mode => mode is Mode.Store or Mode.Fresh,
        },
        FaultKind.Restarted => On(proxy => Done(proxy.Process.Terminate), RestartAsync) with { IsMidway = true },
        FaultKind.OutOfDescriptors => On(proxy => Done(proxy.Process.RunOutOfDescriptors), GiveBackAsync) with
        {
            IsMidway = true,
            // .NET ends a process ("Out of memory.") that has code left to load when its descriptors end: one that is at work has loaded
            // it.
            CanFlip = false,
            EndsAfter = 3 * Stall,
        },
        FaultKind.Refuses or FaultKind.Hangs => Fault.None("a process that refuses or hangs is one that was killed or stopped"),
        FaultKind.ResetsMidway or FaultKind.Slow => Fault.None("the rows of the client have the network between them"),
        FaultKind.TornReply or FaultKind.Garbage => Fault.None("what is asked here is whether it answers rightly"),
        FaultKind.Reloading => Fault.None("it has no configuration that changes while it runs"),
        FaultKind.DiskFull => Fault.None("the rows of the disk"),
    };

    private static async Task RestartAsync(ProxyUnderTest proxy)
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await proxy.Process.WaitForExitAsync(limit.Token);
        await proxy.StartAgainAsync();
    }

    private static Task GiveBackAsync(ProxyUnderTest proxy)
    {
        // One that has ended is found out afterwards.
        if (!proxy.Process.HasExited)
        {
            proxy.Process.GiveDescriptorsBack();
        }

        return Task.CompletedTask;
    }

    private static Fault On(Func<ProxyUnderTest, Task> begin, Func<ProxyUnderTest, Task> end) =>
        new(world => Task.WhenAll(world.Proxies.Select(begin)), world => Task.WhenAll(world.Proxies.Select(end)));

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
