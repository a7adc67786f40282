using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Tests.Names;

public sealed class NameResolverTests
{
    [Fact]
    public async Task Name_IsResolvedOffThePool()
    {
        using var rig = new NameRig();

        var addresses = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => rig.FindAsync($"h{i}.test")));

        Assert.All(addresses, found => Assert.Equal([IPAddress.Loopback], found));
        Assert.Equal(20, rig.System.Asked.Count);
        Assert.Equal(0, rig.System.PoolThreads);
    }

    [Fact]
    public async Task SilentNamesOfOneClient_LeaveThreadsToTheOthers()
    {
        using var rig = new NameRig(options => (options.Threads, options.ThreadsPerClient) = (3, 2));
        var waiting = Enumerable.Range(0, 64).Select(i => rig.FailAsync($"silent{i}.test", "one")).ToList();
        await rig.System.WasAskedAsync(rig.Token);
        await rig.System.WasAskedAsync(rig.Token);

        Assert.Equal([IPAddress.Loopback], await rig.FindAsync("good.test", "two"));
        Assert.Equal([IPAddress.Loopback], await rig.FindAsync("scanner.test"));
        Assert.Equal(4, rig.System.Asked.Count);
        Assert.Equal(64, rig.Resolver.Pending);

        rig.Clock.Advance(rig.Options.Timeout);
        Assert.All(await Task.WhenAll(waiting), failure => Assert.Equal(SocketError.TimedOut, failure.SocketErrorCode));
        Assert.Equal(2, rig.Resolver.Pending);
    }

    [Fact]
    public async Task Clients_TakeTurns()
    {
        using var rig = new NameRig(options => (options.Threads, options.ThreadsPerClient) = (1, 1));
        var blocked = rig.FailAsync("silent.test", "one");
        await rig.System.WasAskedAsync(rig.Token);
        Task<IPAddress[]>[] waiting =
        [
            rig.FindAsync("a1.test", "one"), rig.FindAsync("a2.test", "one"), rig.FindAsync("b1.test", "two"),
            rig.FindAsync("c1.test", "three")
        ];

        rig.System.GiveUp();
        await Task.WhenAll(waiting);

        Assert.Equal(SocketError.TryAgain, (await blocked).SocketErrorCode);
        Assert.Equal(["silent.test", "a1.test", "b1.test", "c1.test", "a2.test"], rig.System.Asked);
    }

    [Fact]
    public async Task NameThatManyAskFor_IsAskedForOnce()
    {
        using var rig = new NameRig(options => (options.Threads, options.ThreadsPerClient) = (1, 1));
        var blocked = rig.FailAsync("silent.test", "one");
        await rig.System.WasAskedAsync(rig.Token);
        var waiting = Enumerable.Range(0, 50).Select(
            i => rig.FindAsync(i % 2 == 0 ? "shared.test" : "SHARED.test", $"client {i}")).ToList();
        var late = rig.FailAsync("silent.test", "two");

        rig.System.GiveUp();

        await Task.WhenAll(waiting);
        Assert.Equal(SocketError.TryAgain, (await late).SocketErrorCode);
        Assert.Equal(["silent.test", "shared.test"], rig.System.Asked);
        Assert.Equal(SocketError.TryAgain, (await blocked).SocketErrorCode);
    }

    [Fact]
    public async Task NameInAnotherClientsLine_IsResolvedInOnesOwnTurn()
    {
        using var rig = new NameRig(options => (options.Threads, options.ThreadsPerClient) = (2, 1));
        var silent = Enumerable.Range(0, 10).Select(i => rig.FailAsync($"silent{i}.test", "one")).ToList();
        await rig.System.WasAskedAsync(rig.Token);
        var theirs = rig.FindAsync("shared.test", "one");

        Assert.Equal([IPAddress.Loopback], await rig.FindAsync("shared.test", "two"));
        Assert.Equal([IPAddress.Loopback], await theirs);
        rig.Clock.Advance(rig.Options.Timeout);
        await Task.WhenAll(silent);
    }

    [Fact]
    public async Task NameWithoutAnswer_IsATimeOutAndThenRefusedAtOnce()
    {
        using var rig = new NameRig();
        var first = rig.FailAsync("silent.test");
        await rig.System.WasAskedAsync(rig.Token);
        rig.Clock.Advance(rig.Options.Timeout - TimeSpan.FromSeconds(1));
        Assert.False(first.IsCompleted);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((SocketError.TimedOut, "silent.test"), ((await first).SocketErrorCode, (await first).Name));
        Assert.Equal(SocketError.TimedOut, (await rig.FailAsync("silent.test")).SocketErrorCode);
        Assert.Single(rig.System.Asked);
    }

    [Fact]
    public async Task UnknownName_IsRememberedForAWhile()
    {
        using var rig = new NameRig();

        Assert.Equal(SocketError.HostNotFound, (await rig.FailAsync("unknown.test")).SocketErrorCode);
        rig.Clock.Advance(rig.Options.FailureTtl - TimeSpan.FromMilliseconds(1));
        Assert.Equal(SocketError.HostNotFound, (await rig.FailAsync("unknown.test")).SocketErrorCode);
        Assert.Single(rig.System.Asked);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await rig.FailAsync("unknown.test");

        Assert.Equal(2, rig.System.Asked.Count);
    }

    [Fact]
    public async Task FailuresRemembered_AreBounded()
    {
        using var rig = new NameRig(options => options.MaxFailures = 2);
        foreach (
            var name in (string[])["unknown1.test", "unknown2.test", "unknown3.test", "unknown3.test", "unknown2.test", "unknown1.test"])
        {
            await rig.FailAsync(name);
        }

        Assert.Equal(["unknown1.test", "unknown2.test", "unknown3.test", "unknown1.test"], rig.System.Asked);
    }

    [Fact]
    public async Task FailureTtlOfZero_RemembersNothing()
    {
        using var rig = new NameRig(options => options.FailureTtl = TimeSpan.Zero);
        await rig.FailAsync("unknown.test");
        await rig.FailAsync("unknown.test");

        Assert.Equal(2, rig.System.Asked.Count);
    }

    [Fact]
    public async Task MoreNamesThanAClientMayHave_AreRefused()
    {
        using var rig = new NameRig(options => (options.Threads, options.ThreadsPerClient, options.MaxNamesPerClient) = (2, 1, 3));
        var running = rig.FailAsync("silent.test", "one");
        await rig.System.WasAskedAsync(rig.Token);
        var waiting = Enumerable.Range(0, 3).Select(i => rig.FailAsync($"silent{i}.test", "one")).ToList();

        Assert.True((await rig.FailAsync("silent4.test", "one")).IsOverload);
        Assert.Equal([IPAddress.Loopback], await rig.FindAsync("good.test", "two"));

        rig.Clock.Advance(rig.Options.Timeout);
        Assert.All(await Task.WhenAll([running, .. waiting]), failure => Assert.False(failure.IsOverload));
    }

    [Fact]
    public async Task MoreNamesThanAllMayHave_AreRefused()
    {
        using var rig = new NameRig(options => options.MaxNames = 2);
        Task[] waiting = [rig.FailAsync("silent1.test", "one"), rig.FailAsync("silent2.test", "two")];

        Assert.True((await rig.FailAsync("good.test", "three")).IsOverload);

        rig.System.GiveUp();
        await Task.WhenAll(waiting);
        Assert.Equal([IPAddress.Loopback], await rig.FindAsync("good.test", "three"));
    }

    [Fact]
    public async Task WaiterThatLeaves_TakesItsNameAlong()
    {
        using var rig = new NameRig(options => (options.Threads, options.ThreadsPerClient) = (1, 1));
        using var leaving = new CancellationTokenSource();
        var running = rig.FailAsync("silent.test");
        await rig.System.WasAskedAsync(rig.Token);
        var left = rig.Resolver.FindAsync("left.test", null, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        rig.System.GiveUp();
        await running;
        await rig.FindAsync("good.test");

        Assert.Equal(["silent.test", "good.test"], rig.System.Asked);
        Assert.Equal(0, rig.Resolver.Pending);
    }
}
