using System.Security.Cryptography;
using ClamProxy.Core.Files;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Files;

public sealed class NamelessFileTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void NamelessFile_HasNoNameUntilItIsLinked()
    {
        using var file = NamelessFile.Create(_temp.Path, "x-");
        RandomAccess.Write(file, "content"u8, 0);
        Assert.Empty(Directory.GetFileSystemEntries(_temp.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        Assert.Equal(0, NativeFile.Link(file, _temp.File("named")));
        Assert.Equal("content", File.ReadAllText(_temp.File("named")));
        Assert.Equal(NativeFile.AlreadyThere, NativeFile.Link(file, _temp.File("named")));
    }

    [Fact]
    public void WhereNoNamelessFilesAre_TheNameIsGoneBeforeTheFirstByte()
    {
        using var file = NamelessFile.CreateAndUnname(_temp.Path, "x-");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        RandomAccess.Write(file, "content"u8, 0);

        Assert.Empty(Directory.GetFileSystemEntries(_temp.Path));
        Assert.Equal(7, RandomAccess.GetLength(file));
        Assert.NotEqual(0, NativeFile.Link(file, _temp.File("named")));
    }

    [Fact]
    public void FolderGone_Throws() =>
        Assert.ThrowsAny<IOException>(() => NamelessFile.Create(_temp.File("nowhere"), "x-"));

    [Fact]
    public void Look_ShowsWhatStandsThere()
    {
        File.WriteAllText(_temp.File("file"), "12345");
        File.CreateSymbolicLink(_temp.File("link"), _temp.File("file"));

        Assert.True(NativeFile.TryLook(_temp.File("file"), out var file));
        Assert.True(NativeFile.TryLook(_temp.File("link"), out var link));
        Assert.True(NativeFile.TryLook(_temp.Path, out var folder));
        Assert.True(NativeFile.TryLook("/proc/1/stat", out _));
        Assert.False(NativeFile.TryLook(_temp.File("nothing"), out _));
        Assert.Equal((true, true, 5L), (file.IsRegular, file.IsOurs, file.Stamp.Length));
        Assert.False(link.IsRegular);
        Assert.False(folder.IsRegular);
        using var open = NativeFile.Open(_temp.File("file"), 0, 0, out _)!;
        Assert.True(NativeFile.TryLook(open, out var same));
        Assert.Equal(file, same);
    }

    [Fact]
    public void SetUsed_ChangesTheAccessTimeAlone()
    {
        var path = _temp.File("file");
        File.WriteAllText(path, "12345");
        Assert.True(NativeFile.TryLook(path, out var before));
        var at = new DateTimeOffset(2031, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);

        Assert.Equal(0, NativeFile.SetUsed(path, at));

        Assert.True(NativeFile.TryLook(path, out var after));
        Assert.Equal(at, after.UsedAt);
        Assert.Equal(before.Stamp, after.Stamp);
    }

    [Fact]
    public void WrittenTo_TheStampIsAnother()
    {
        var path = _temp.File("file");
        File.WriteAllText(path, "12345");
        Assert.True(NativeFile.TryLook(path, out var before));
        File.WriteAllText(path, "54321");
        File.SetLastWriteTimeUtc(path, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.True(NativeFile.TryLook(path, out var after));
        Assert.NotEqual(before.Stamp, after.Stamp);
    }

    [Fact]
    public void LinkRefusedWhereAskedFor()
    {
        File.WriteAllText(_temp.File("file"), "12345");
        File.CreateSymbolicLink(_temp.File("link"), _temp.File("file"));

        using var followed = NativeFile.Open(_temp.File("link"), 0, 0, out _);
        using var refused = NativeFile.Open(_temp.File("link"), OpenFlags.NoFollow, 0, out _);

        Assert.NotNull(followed);
        Assert.Null(refused);
    }

    [Fact]
    public void Lock_IsTakenByOneUntilItLetsGo()
    {
        using (var first = FileLock.TryTake(Lockable()))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryTake(Lockable()));
        }

        using var second = FileLock.TryTake(Lockable());
        Assert.NotNull(second);
    }

    [Fact]
    public void LockLetGoOf_IsFreeThoughAChildHasTheDescriptorForAMoment()
    {
        var file = Lockable();
        using var child = DescriptorCopy.Of((int)file.DangerousGetHandle());
        FileLock.TryTake(file)!.Dispose();

        using var second = FileLock.TryTake(Lockable());
        Assert.NotNull(second);
    }

    [Fact]
    public async Task CachedRead_ReadsAnyPartAndNothingBehindTheEnd()
    {
        var content = RandomNumberGenerator.GetBytes(300_000);
        File.WriteAllBytes(_temp.File("file"), content);
        using var file = NativeFile.Open(_temp.File("file"), 0, 0, out _)!;
        var into = new byte[100_000];

        foreach (var offset in new[] { 0, 1, 4095, 150_000, 299_999, 300_000, 400_000 })
        {
            var read = 0;
            for (int part; (part = await CachedRead.ReadAsync(file, offset + read, into.AsMemory(read), CancellationToken.None)) > 0;)
            {
                read += part;
            }

            Assert.Equal(content.Skip(offset).Take(into.Length), into.Take(read));
        }
    }

    [Fact]
    public async Task CachedRead_OfAClosedFile_Throws()
    {
        File.WriteAllText(_temp.File("file"), "12345");
        var file = NativeFile.Open(_temp.File("file"), 0, 0, out _)!;
        file.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await CachedRead.ReadAsync(file, 0, new byte[5], CancellationToken.None));
    }

    private Microsoft.Win32.SafeHandles.SafeFileHandle Lockable() =>
        NativeFile.Open(_temp.File("lock"), OpenFlags.Create | OpenFlags.ReadWrite, 0x1A4, out _)!;
}
