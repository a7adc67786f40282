using ClamProxy.Core.Admission;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Spool;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Objects.Conformance;

/// <summary>What every store of contents does alike.</summary>
public abstract class ObjectStoreConformance : IDisposable
{
    private readonly TempSpool _spool = new();

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task Put_IsGotByteForByte(int size)
    {
        var (store, bytes) = (Open(), RandomBody.Of(size));

        await PutAsync(store, "a_file", bytes);

        using var content = await GetAsync(store, "a_file");
        Assert.Equal(bytes, await BytesAsync(content));
        Assert.Equal(size, content.Length);
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), await content.Sha256);
    }

    [Fact]
    public async Task PutAgain_TheLaterContentIsGot()
    {
        var store = Open();
        await PutAsync(store, "a_file", RandomBody.Of(100_000));

        await PutAsync(store, "a_file", [7]);

        using var content = await GetAsync(store, "a_file");
        Assert.Equal([7], await BytesAsync(content));
    }

    [Fact]
    public async Task NothingPut_IsMissing() =>
        Assert.IsType<ObjectContent.Missing>(await Open().GetAsync("a_file", WaitingClients.Of(null), Cancelled));

    [Fact]
    public async Task Moved_HasItsNewKeyOnly()
    {
        var store = Open();
        await PutAsync(store, "a_file", [1, 2, 3]);

        Assert.Null(await store.MoveAsync("a_file", "processed/a_file", null, Cancelled));

        Assert.IsType<ObjectContent.Missing>(await store.GetAsync("a_file", WaitingClients.Of(null), Cancelled));
        using var content = await GetAsync(store, "processed/a_file");
        Assert.Equal([1, 2, 3], await BytesAsync(content));
    }

    [Fact]
    public async Task MovedByItsHash_IsOpenedByteForByteAtItsNewKey()
    {
        var (store, bytes) = (Open(), RandomBody.Of(100_000));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        await PutAsync(store, "a_file", bytes);

        Assert.Null(await store.MoveAsync("a_file", "processed/a_file", hash, Cancelled));

        for (var time = 0; time < 2; time++)
        {
            var opened = await store.OpenAsync("processed/a_file", WaitingClients.Of(null), Cancelled);
            using var content = Assert.IsType<ObjectContent.Here>(opened).Content;
            Assert.Equal(bytes, await BytesAsync(content));
            Assert.Equal(hash, await content.Sha256);
        }
    }

    [Fact]
    public async Task Opened_IsReadFromAnyPlace()
    {
        var (store, bytes) = (Open(), RandomBody.Of(100_000));
        await PutAsync(store, "a_file", bytes);
        (await GetAsync(store, "a_file")).Dispose();
        var opened = await store.OpenAsync("a_file", WaitingClients.Of(null), Cancelled);
        using var content = Assert.IsType<ObjectContent.Here>(opened).Content;
        using var reader = content.OpenReader();
        var part = new byte[1000];

        foreach (var offset in new[] { 99_500, 0, 1000, 50_000, 100_000 })
        {
            var read = await reader.ReadAsync(offset, part, Cancelled);
            Assert.Equal(offset < bytes.Length, read > 0);
            Assert.Equal(bytes.AsSpan(offset, read), part.AsSpan(0, read));
        }
    }

    [Fact]
    public async Task MovedAgain_IsNoFault()
    {
        var store = Open();
        await PutAsync(store, "a_file", [1, 2, 3]);
        await store.MoveAsync("a_file", "processed/a_file", null, Cancelled);

        Assert.Null(await store.MoveAsync("a_file", "processed/a_file", null, Cancelled));

        using var content = await GetAsync(store, "processed/a_file");
        Assert.Equal(3, content.Length);
    }

    [Fact]
    public async Task Deleted_IsMissingAndMayBeDeletedAgain()
    {
        var store = Open();
        await PutAsync(store, "a_file", [1]);

        Assert.Null(await store.DeleteAsync("a_file", Cancelled));
        Assert.Null(await store.DeleteAsync("a_file", Cancelled));

        Assert.IsType<ObjectContent.Missing>(await store.GetAsync("a_file", WaitingClients.Of(null), Cancelled));
    }

    [Fact]
    public async Task DeletedWhileItIsRead_IsReadToItsEnd()
    {
        var (store, bytes) = (Open(), RandomBody.Of(100_000));
        await PutAsync(store, "a_file", bytes);
        using var content = await GetAsync(store, "a_file");

        await store.DeleteAsync("a_file", Cancelled);

        Assert.Equal(bytes, await BytesAsync(content));
    }

    [Fact]
    public async Task Listed_EachIsThereWithItsSize()
    {
        var store = Open();
        await PutAsync(store, "a_file", [1]);
        await PutAsync(store, "b_file", [1, 2]);
        await store.MoveAsync("b_file", "quarantine/b_file", null, Cancelled);

        var found = new List<(string, long)>();
        await foreach (var entry in store.ListAsync(Cancelled))
        {
            found.Add((entry.Key, entry.Size));
        }

        Assert.Equal([("a_file", 1), ("quarantine/b_file", 2)], found.Order());
    }

    [Fact]
    public async Task NameInEveryScript_IsAKey()
    {
        var store = Open();
        var key = ObjectKey.Of("a", "../ein „Name“ 日本\u202E.gz%2F?#&+ x");

        await PutAsync(store, key, [1, 2]);

        using var content = await GetAsync(store, key);
        Assert.Equal(2, content.Length);
    }

    public void Dispose()
    {
        Close();
        _spool.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract IObjectStore Open();

    private protected abstract void Close();

    private protected async Task PutAsync(IObjectStore store, string key, byte[] bytes)
    {
        using var file = await SpooledAsync(bytes);
        using var reader = file.OpenReader();
        Assert.Null(await store.PutAsync(key, reader, Cancelled));
    }

    private protected async Task<SpoolFile> SpooledAsync(byte[] bytes)
    {
        var intake = new ContentIntake(_spool.Folder, new IntakeOptions(), TimeProvider.System);
        var taken = await intake.TakeAsync(new MemoryStream(bytes), new IntakeTerms(bytes.Length), Cancelled);
        return Assert.IsType<IntakeResult.Taken>(taken).File;
    }

    private static async Task<Core.Files.ISharedContent> GetAsync(IObjectStore store, string key) =>
        Assert.IsType<ObjectContent.Here>(await store.GetAsync(key, WaitingClients.Of(null), Cancelled)).Content;

    private static async Task<byte[]> BytesAsync(Core.Files.ISharedContent content)
    {
        using var reader = content.OpenReader();
        var bytes = new byte[reader.Length];
        for (var read = 0; read < bytes.Length;)
        {
            var part = await reader.ReadAsync(read, bytes.AsMemory(read), Cancelled);
            Assert.NotEqual(0, part);
            read += part;
        }

        return bytes;
    }
}
