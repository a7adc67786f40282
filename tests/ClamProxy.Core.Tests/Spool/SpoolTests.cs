using System.Security.Cryptography;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Spool;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Core.Tests.Spool;

public sealed class SpoolTests
{
    [Theory]
    [InlineData(0, 7)]
    [InlineData(1, 1)]
    [InlineData(1024, 100)]
    [InlineData(1025, 100)]
    [InlineData(300_000, 65_536)]
    public async Task WrittenInPieces_ReadsBackWholeWithItsHash(int length, int piece)
    {
        using var spool = new TempSpool();
        var content = RandomNumberGenerator.GetBytes(length);

        using var file = await WriteAsync(spool.Folder, content, piece);

        Assert.Equal(content, await ReadAllAsync(file));
        Assert.Equal(length, file.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), await file.Sha256);
    }

    [Fact]
    public async Task FileOnDisk_HasNoName()
    {
        using var spool = new TempSpool();
        using var file = await WriteAsync(spool.Folder, new byte[5000], 1000);

        Assert.Empty(Directory.GetFileSystemEntries(spool.Path));
        var link = new FileInfo($"/proc/self/fd/{file.File!.DangerousGetHandle()}");
        Assert.EndsWith(" (deleted)", link.LinkTarget, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file.File));
    }

    [Fact]
    public async Task FileOnDisk_OutlivesACollection()
    {
        using var spool = new TempSpool();
        using var file = await WriteAsync(spool.Folder, new byte[5000], 1000);

        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(5000, (await ReadAllAsync(file)).Length);
    }

    [Fact]
    public async Task ManyReaders_EachReadsAllAtItsOwnPace()
    {
        using var spool = new TempSpool();
        var content = RandomNumberGenerator.GetBytes(200_000);
        var file = await WriteAsync(spool.Folder, content, 4096);
        var readers = Enumerable.Range(0, 8).Select(_ => file.OpenReader()).ToList();
        file.Dispose();

        var bodies = await Task.WhenAll(readers.Select(async reader =>
        {
            using var copy = new MemoryStream();
            await new ContentStream(reader).CopyToAsync(copy, 777);
            reader.Dispose();
            return copy.ToArray();
        }));

        Assert.All(bodies, body => Assert.Equal(content, body));
        Assert.Equal(0, spool.Folder.Disk.InUse);
        Assert.Throws<ObjectDisposedException>(() => file.OpenReader());
    }

    [Theory]
    [InlineData(1024L, 1024, 0)]
    [InlineData(1025L, 0, 1025)]
    [InlineData(null, 0, 1024)]
    public async Task OnlyABodyThatAnnouncesItselfAsSmall_StaysInMemory(long? announced, long inMemory, long onDisk)
    {
        using var spool = new TempSpool(memoryThreshold: 1024);
        using var file = await WriteAsync(spool.Folder, RandomNumberGenerator.GetBytes((int)(announced ?? 1024)), 300, announced);

        Assert.Equal((inMemory, onDisk), (spool.Folder.Memory.InUse, spool.Folder.Disk.InUse));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await ReadAllAsync(file))), await file.Sha256);
    }

    [Fact]
    public async Task BodyLongerThanAnnounced_IsBoundedAllTheSame()
    {
        using var spool = new TempSpool(memoryTotal: 2000);
        using var writer = spool.Folder.Create(1000);

        Assert.Null(await writer.WriteAsync(new byte[1000], CancellationToken.None));
        Assert.Equal(FailureReason.SpoolFull, (await writer.WriteAsync(new byte[1500], CancellationToken.None))?.Reason);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(50_000)]
    public async Task WriterAbandoned_NothingIsLeft(int length)
    {
        using var spool = new TempSpool();
        using (var writer = spool.Folder.Create(null))
        {
            Assert.Null(await writer.WriteAsync(new byte[length], CancellationToken.None));
            Assert.NotEqual(0, spool.Folder.Memory.InUse + spool.Folder.Disk.InUse);
        }

        Assert.Equal(0, spool.Folder.Memory.InUse);
        Assert.Equal(0, spool.Folder.Disk.InUse);
        Assert.Empty(Directory.GetFileSystemEntries(spool.Path));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(50_000)]
    public async Task OwnerAndReadersGone_RoomIsGivenBackOnce(int length)
    {
        using var spool = new TempSpool();
        var file = await WriteAsync(spool.Folder, new byte[length], 1000);
        var reader = file.OpenReader();

        file.Dispose();
        file.Dispose();
        Assert.NotEqual(0, spool.Folder.Memory.InUse + spool.Folder.Disk.InUse);
        reader.Dispose();
        reader.Dispose();

        Assert.Equal(0, spool.Folder.Memory.InUse);
        Assert.Equal(0, spool.Folder.Disk.InUse);
    }

    [Fact]
    public async Task BodyOverMaxFileSize_IsTooLarge()
    {
        using var spool = new TempSpool(maxFileSize: 2000);
        using var writer = spool.Folder.Create(null);

        Assert.Null(await writer.WriteAsync(new byte[2000], CancellationToken.None));
        var failure = await writer.WriteAsync(new byte[1], CancellationToken.None);

        Assert.Equal(FailureReason.TooLarge, failure?.Reason);
    }

    [Fact]
    public async Task SpoolsTogetherOverDiskTotal_TheLastIsRefusedAndTheFirstKept()
    {
        using var spool = new TempSpool(diskTotal: 10_000);
        using var first = await WriteAsync(spool.Folder, new byte[8000], 1000);
        using var second = spool.Folder.Create(null);

        var failure = await second.WriteAsync(new byte[3000], CancellationToken.None);

        Assert.Equal(FailureReason.SpoolFull, failure?.Reason);
        Assert.Equal(8000, (await ReadAllAsync(first)).Length);
    }

    [Fact]
    public async Task MemoryTotalReached_SmallBodiesGoToDisk()
    {
        using var spool = new TempSpool(memoryTotal: 1500);
        using var first = await WriteAsync(spool.Folder, new byte[1000], 1000, announced: 1000);
        using var second = await WriteAsync(spool.Folder, new byte[1000], 1000, announced: 1000);

        Assert.Equal((1000, 1000), (spool.Folder.Memory.InUse, spool.Folder.Disk.InUse));
    }

    [Fact]
    public async Task FolderGone_IsSpoolFullAndNotACrash()
    {
        using var spool = new TempSpool();
        Directory.Delete(spool.Path);
        using var writer = spool.Folder.Create(null);

        var failure = await writer.WriteAsync(new byte[5000], CancellationToken.None);

        Assert.Equal(FailureReason.SpoolFull, failure?.Reason);
        Directory.CreateDirectory(spool.Path);
    }

    [Fact]
    public void StartAfterAKill_SweepsWhatWasLeftAndNothingElse()
    {
        using var spool = new TempSpool();
        System.IO.File.WriteAllText(Path.Combine(spool.Path, "clamproxy-spool-0123"), "left");
        System.IO.File.WriteAllText(Path.Combine(spool.Path, "somebody-elses"), "kept");

        using var meters = new TestMeters();
        _ = new SpoolFolder(spool.Options, new SpoolMetrics(meters), NullLogger<SpoolFolder>.Instance);

        Assert.Equal(["somebody-elses"], Directory.GetFiles(spool.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task PathUnset_SpoolsBesideTheStore()
    {
        using var temp = new TempFolder();
        using var meters = new TestMeters();
        var beside = Path.Combine(temp.Path, "spool");
        var options = new SpoolOptions { MemoryThreshold = 0, FolderBesideStore = beside };
        var folder = new SpoolFolder(options, new SpoolMetrics(meters), NullLogger<SpoolFolder>.Instance);

        using var file = await WriteAsync(folder, new byte[5000], 1000);

        var link = new FileInfo($"/proc/self/fd/{file.File!.DangerousGetHandle()}");
        Assert.StartsWith(beside, link.LinkTarget, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(beside));
    }

    [Fact]
    public void PathSet_StaysWhereItIsWithAStore()
    {
        var options = new SpoolOptions { Path = "/somewhere", FolderBesideStore = "/store/spool" };

        Assert.Equal("/somewhere", options.Folder);
    }

    private static async Task<SpoolFile> WriteAsync(SpoolFolder folder, byte[] content, int piece, long? announced = null)
    {
        using var writer = folder.Create(announced);
        foreach (var part in content.Chunk(piece))
        {
            Assert.Null(await writer.WriteAsync(part, CancellationToken.None));
        }

        return writer.Complete();
    }

    private static async Task<byte[]> ReadAllAsync(SpoolFile file)
    {
        using var copy = new MemoryStream();
        using var reader = file.OpenReader();
        await new ContentStream(reader).CopyToAsync(copy);
        return copy.ToArray();
    }
}
