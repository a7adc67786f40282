using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Tests.Objects.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Objects;

public sealed class FolderObjectsTests : ObjectStoreConformance
{
    private readonly TempFolder _folder = new();

    private string Root => _folder.File("objects");

    [Fact]
    public async Task Put_NobodyElseMayReadIt()
    {
        await PutAsync(Open(), "a_file", RandomBody.Of(300_000));
        await PutAsync(Open(), "b_file", [1]);

        foreach (var path in new[] { "a_file", "b_file" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Root, path)));
        }
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("")]
    [InlineData("a\nb")]
    public async Task KeyThatIsNoPlainPath_IsRefused(string key)
    {
        var store = Open();
        using var file = await SpooledAsync([1]);
        using var reader = file.OpenReader();

        Assert.Equal(FailureReason.ObjectsUnavailable, (await store.PutAsync(key, reader, Cancelled))?.Reason);
        Assert.IsType<ObjectContent.Failed>(await store.GetAsync(key, WaitingClients.Of(null), Cancelled));
        Assert.NotNull(await store.DeleteAsync(key, Cancelled));
        Assert.NotNull(await store.MoveAsync("a", key, null, Cancelled));
    }

    [Fact]
    public async Task LinkInTheFolder_IsNotFollowed()
    {
        await PutAsync(Open(), "a_file", [1]);
        await File.WriteAllTextAsync(_folder.File("secret"), "secret", Cancelled);
        File.CreateSymbolicLink(Path.Combine(Root, "b_file"), _folder.File("secret"));

        Assert.IsType<ObjectContent.Failed>(await Open().GetAsync("b_file", WaitingClients.Of(null), Cancelled));
    }

    [Fact]
    public async Task OverTheBound_NoMoreIsTakenUntilSomeIsGone()
    {
        var store = Open(new ObjectOptions { MaxTotal = 1 << 20 });
        await PutAsync(store, "a_file", RandomBody.Of(700_000));
        using var file = await SpooledAsync(RandomBody.Of(700_000));
        using var reader = file.OpenReader();

        Assert.Equal(FailureReason.ObjectsFull, (await store.PutAsync("b_file", reader, Cancelled))?.Reason);

        await store.DeleteAsync("a_file", Cancelled);
        Assert.Null(await store.PutAsync("b_file", reader, Cancelled));
    }

    [Fact]
    public async Task AnotherProcessFillsTheFolder_TheNextCountSeesIt()
    {
        var store = Open(new ObjectOptions { MaxTotal = 1 << 20 });
        await PutAsync(Open(), "a_file", RandomBody.Of(700_000));
        await foreach (var _ in store.ListAsync(Cancelled))
        {
        }

        using var file = await SpooledAsync(RandomBody.Of(700_000));
        using var reader = file.OpenReader();
        Assert.Equal(FailureReason.ObjectsFull, (await store.PutAsync("b_file", reader, Cancelled))?.Reason);
    }

    [Fact]
    public async Task DiskNearlyFull_NoMoreIsTaken()
    {
        using var file = await SpooledAsync([1]);
        using var reader = file.OpenReader();

        var failure = await Open(new ObjectOptions { MinFree = long.MaxValue / 2 }).PutAsync("a_file", reader, Cancelled);

        Assert.Equal(FailureReason.ObjectsFull, failure?.Reason);
        Assert.Contains("MinFree", failure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CopyThatAKilledProcessLeft_IsSweptAndOneUnderWayIsNot()
    {
        var store = Open();
        await PutAsync(store, "a_file", [1]);
        var temp = Directory.CreateDirectory(Path.Combine(Root, ".temp")).FullName;
        foreach (var (name, age) in new[] { ("old", 2.0), ("new", 0.1) })
        {
            await File.WriteAllTextAsync(Path.Combine(temp, name), name, Cancelled);
            File.SetLastWriteTimeUtc(Path.Combine(temp, name), TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromHours(age));
        }

        await foreach (var _ in store.ListAsync(Cancelled))
        {
        }

        Assert.Equal("new", Path.GetFileName(Assert.Single(Directory.GetFiles(temp))));
    }

    private protected override IObjectStore Open() => Open(new ObjectOptions { MinFree = 0 });

    private protected override void Close() => _folder.Dispose();

    private FolderObjects Open(ObjectOptions options) => new(Root, options, TimeProvider.System);
}
