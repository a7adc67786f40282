using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Spool;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Spool;

/// <summary>How much of the spool one client's files take, and until when.</summary>
public sealed class SpoolShareTests
{
    [Fact]
    public async Task ClientThatFillsItsShare_LeavesRoomForAnother()
    {
        using var spool = new TempSpool(diskTotal: 10_000);
        using var first = await WriteAsync(spool.Folder, 3000, WaitingClients.Of("greedy"));
        using var second = spool.Folder.Create(null, clients: WaitingClients.Of("greedy"));

        var failure = await second.WriteAsync(new byte[3000], CancellationToken.None);
        using var other = await WriteAsync(spool.Folder, 5000, WaitingClients.Of("honest"));

        Assert.Equal(FailureReason.SpoolFull, failure?.Reason);
        Assert.Contains("one client", failure!.Detail, StringComparison.Ordinal);
        Assert.Equal(5000, other.Length);
    }

    [Fact]
    public async Task WhatNobodyWaitsFor_GivesWayAtHalfOfTheRoom()
    {
        using var spool = new TempSpool(diskTotal: 10_000);
        var isForNobody = true;
        using var ahead = spool.Folder.Create(null, clients: WaitingClients.Of("client"), yields: () => isForNobody);
        Assert.Null(await ahead.WriteAsync(new byte[3000], CancellationToken.None));
        using var other = await WriteAsync(spool.Folder, 3000, WaitingClients.Of("another"));

        var failure = await ahead.WriteAsync(new byte[1], CancellationToken.None);
        Assert.Equal(FailureReason.SpoolFull, failure?.Reason);

        isForNobody = false;
        Assert.Null(await ahead.WriteAsync(new byte[1], CancellationToken.None));
    }

    [Fact]
    public async Task OnlyFileOfAClient_MayTakeAllThatIsFree()
    {
        using var spool = new TempSpool(diskTotal: 10_000);

        using var only = await WriteAsync(spool.Folder, 10_000, WaitingClients.Of("client"));

        Assert.Equal(10_000, spool.Folder.Disk.InUse);
    }

    [Fact]
    public async Task SlowReader_KeepsTheRoomOfItsShareUntilItIsDone()
    {
        using var spool = new TempSpool(diskTotal: 10_000);
        var clients = WaitingClients.Of("slow");
        var file = await WriteAsync(spool.Folder, 4000, clients);
        var reader = file.OpenReader("slow");
        clients.Remove("slow");
        file.Dispose();

        Assert.Equal(4000, spool.Folder.Disk.HeldBy("slow"));
        reader.Dispose();
        Assert.Equal((0, 0), (spool.Folder.Disk.InUse, spool.Folder.Disk.Clients));
    }

    [Fact]
    public async Task SlowReaderOfWhatAnotherAskedFor_HasItInItsOwnShare()
    {
        using var spool = new TempSpool(diskTotal: 10_000);
        var clients = WaitingClients.Of("honest");
        clients.Add("slow");
        var file = await WriteAsync(spool.Folder, 4000, clients);
        var quick = file.OpenReader("honest");
        using var slow = file.OpenReader("slow");
        clients.Remove("honest");
        clients.Remove("slow");
        file.Dispose();

        Assert.Equal(4000, spool.Folder.Disk.HeldBy("honest"));
        quick.Dispose();

        Assert.Equal((0, 4000), (spool.Folder.Disk.HeldBy("honest"), spool.Folder.Disk.HeldBy("slow")));
    }

    private static async Task<SpoolFile> WriteAsync(SpoolFolder folder, int length, WaitingClients clients)
    {
        using var writer = folder.Create(null, clients: clients);
        Assert.Null(await writer.WriteAsync(new byte[length], CancellationToken.None));
        return writer.Complete();
    }
}
