using ClamProxy.Core.Files;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Store;

public sealed class ContentStoreTests : IDisposable
{
    private readonly TempStore _temp = new();

    private ContentStore Store => _temp.Store;

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(300_000)]
    public async Task Kept_IsFoundWithHeadVerdictAndBytes(int length)
    {
        var content = TempStore.Content(1, length);
        Assert.Null(await Store.OpenAsync(TempStore.Key(1), CancellationToken.None));

        Assert.True(await _temp.KeepAsync(1, content));

        foreach (var store in new[] { Store, Store, _temp.Open() })
        {
            using var file = await store.OpenAsync(TempStore.Key(1), CancellationToken.None);
            Assert.NotNull(file);
            Assert.Equal(content, await TempStore.ReadAsync(file));
            Assert.Equal(TempStore.Sha(content), file.Sha256);
            Assert.Equal((200, "OK"), (file.Head.Status, file.Head.ReasonPhrase));
            Assert.Equal(TempStore.Head.Headers, file.Head.Headers);
            Assert.Equal(TempStore.Clean(content, _temp.Clock.GetUtcNow()), file.Verdict);
            Assert.Equal(_temp.Clock.GetUtcNow(), file.StoredAt);
            Assert.Equal(_temp.ContentPath(content), Path.Combine(_temp.Path, "v1/contents", file.Location));
        }

        Assert.Null(await _temp.AnswerAsync(2));
        Assert.Equal(3, _temp.Meters.Sum("clamproxy.store.hits"));
        Assert.Equal(2, _temp.Meters.Sum("clamproxy.store.misses"));
        Assert.Equal(1, _temp.Meters.Sum("clamproxy.store.kept"));
    }

    [Fact]
    public async Task EmptyBodyWithoutAFile_IsKept()
    {
        Assert.True(
            await Store.KeepAsync(
                TempStore.Key(1), TempStore.Head, TempStore.Clean([], _temp.Clock.GetUtcNow()), null, 0, CancellationToken.None));

        Assert.Empty((await _temp.AnswerAsync(1))!);
    }

    [Fact]
    public async Task NamelessFile_IsLinkedAndNotCopied()
    {
        var content = TempStore.Content(1, 5000);
        using var body = _temp.Nameless(content);
        Assert.True(NativeFile.TryLook(body, out var spooled));

        Assert.True(await KeepAsync(1, content, body));

        Assert.True(NativeFile.TryLook(_temp.ContentPath(content), out var stored));
        Assert.Equal(spooled.Stamp, stored.Stamp);
        Assert.Equal((0U, 1U), (spooled.Names, stored.Names));
        Assert.Empty(_temp.Files("temp"));
    }

    [Fact]
    public async Task FileInMemoryOrOfAnotherFileSystem_IsCopied()
    {
        var (first, second) = (TempStore.Content(1, 300_000), TempStore.Content(2, 300_000));
        using var memory = MemoryFile.Create()!;
        RandomAccess.Write(memory, first, 0);
        using var unnamed = NamelessFile.CreateAndUnname(_temp.Path, "x-");
        RandomAccess.Write(unnamed, second, 0);

        Assert.True(await KeepAsync(1, first, memory));
        Assert.True(await KeepAsync(2, second, unnamed));

        Assert.Equal(first, await _temp.AnswerAsync(1));
        Assert.Equal(second, await _temp.AnswerAsync(2));
        Assert.Empty(_temp.Files("temp"));
    }

    [Fact]
    public async Task FileWithANameOfItsOwn_IsCopiedSinceOthersMayWriteToIt()
    {
        var content = TempStore.Content(1, 5000);
        var path = Path.Combine(_temp.Path, "named");
        await File.WriteAllBytesAsync(path, content);
        using (var named = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            Assert.True(await KeepAsync(1, content, named));
        }

        await File.WriteAllBytesAsync(path, new byte[5000]);

        Assert.Equal(content, await _temp.AnswerAsync(1));
    }

    [Fact]
    public async Task SameBodyForTwoUrls_IsStoredOnceAndBothAnswer()
    {
        var content = TempStore.Content(1, 5000);
        using var body = _temp.Nameless(content);

        Assert.True(await KeepAsync(1, content, body));
        Assert.True(await KeepAsync(2, content, body));

        Assert.Equal(content, await _temp.AnswerAsync(1));
        Assert.Equal(content, await _temp.AnswerAsync(2));
        Assert.Single(_temp.Files("contents"));
        Assert.Equal(1, Store.Usage.Files);
    }

    [Fact]
    public async Task UrlWithNewContent_AnswersWithTheNewOne()
    {
        var other = _temp.Open();
        Assert.True(await _temp.KeepAsync(1, TempStore.Content(1, 5000)));
        Assert.NotNull(await _temp.AnswerAsync(1, other));

        Assert.True(await _temp.KeepAsync(1, TempStore.Content(2, 6000)));

        Assert.Equal(TempStore.Content(2, 6000), await _temp.AnswerAsync(1));
        _temp.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TempStore.Content(2, 6000), await _temp.AnswerAsync(1, other));
    }

    [Fact]
    public async Task OthersMayReadAndNobodyMayWrite()
    {
        var content = TempStore.Content(1, 5000);
        Assert.True(await _temp.KeepAsync(1, content));

        Assert.All(_temp.Files(), file => Assert.Equal(StoreDisk.FileMode, File.GetUnixFileMode(file)));
        Assert.All(
            Directory.GetDirectories(_temp.Path, "*", SearchOption.AllDirectories),
            folder => Assert.Equal(StoreDisk.FolderMode, File.GetUnixFileMode(folder)));
    }

    [Fact]
    public async Task Folder_TellsNoUrlAndNoCredential()
    {
        Assert.True(await _temp.KeepAsync(1, TempStore.Content(1, 5000)));

        foreach (var file in _temp.Files())
        {
            var text = file + await File.ReadAllTextAsync(file);
            Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
            Assert.DoesNotContain("token", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Set-Cookie", "a=b")]
    [InlineData("X-Split", "a\r\nSet-Cookie: b")]
    [InlineData("Bad Name", "a")]
    [InlineData("", "a")]
    public async Task HeadThatMayNotBeSentAgain_IsNotKept(string name, string value)
    {
        var content = TempStore.Content(1, 10);
        using var body = _temp.Nameless(content);
        var head = TempStore.Head with { Headers = [new(name, value)] };

        Assert.False(
            await Store.KeepAsync(
                TempStore.Key(1), head, TempStore.Clean(content, _temp.Clock.GetUtcNow()), body, 10, CancellationToken.None));
        Assert.Empty(_temp.Files());
    }

    [Fact]
    public async Task HeadTooLong_IsNotKept()
    {
        var content = TempStore.Content(1, 10);
        using var body = _temp.Nameless(content);
        var head = TempStore.Head with { Headers = [new("X-Long", new string('a', EntryFormat.MaxBytes))] };

        Assert.False(
            await Store.KeepAsync(
                TempStore.Key(1), head, TempStore.Clean(content, _temp.Clock.GetUtcNow()), body, 10, CancellationToken.None));
    }

    [Theory]
    [InlineData(Verdict.None)]
    [InlineData(Verdict.Infected)]
    [InlineData(Verdict.Unscannable)]
    public async Task NotClean_Throws(Verdict verdict)
    {
        var content = TempStore.Content(1, 10);
        using var body = _temp.Nameless(content);
        var record = TempStore.Clean(content, _temp.Clock.GetUtcNow()) with
        {
            Verdict = verdict,
            Signature = verdict == Verdict.Infected ? "Eicar" : null,
            Reason = verdict == Verdict.Unscannable ? UnscannableReason.Encrypted : UnscannableReason.None,
        };

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Store.KeepAsync(TempStore.Key(1), TempStore.Head, record, body, 10, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ConfirmAsync(record, CancellationToken.None));
        Assert.Empty(_temp.Files());
    }

    [Fact]
    public async Task LengthThatIsNotTheBodys_Throws()
    {
        var content = TempStore.Content(1, 10);
        using var body = _temp.Nameless(content);
        var verdict = TempStore.Clean(content, _temp.Clock.GetUtcNow());

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Store.KeepAsync(TempStore.Key(1), TempStore.Head, verdict, body, 9, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Store.KeepAsync(TempStore.Key(1), TempStore.Head, verdict, null, 10, CancellationToken.None));
    }

    [Fact]
    public async Task NoPath_FindsAndKeepsNothing()
    {
        using var store = _temp.Open(new StoreOptions());
        var content = TempStore.Content(1, 10);

        Assert.False(store.IsOn);
        Assert.False(await _temp.KeepAsync(1, content, store));
        Assert.Null(await _temp.AnswerAsync(1, store));
        await store.ConfirmAsync(TempStore.Clean(content, _temp.Clock.GetUtcNow()), CancellationToken.None);
        await store.DropAsync(TempStore.Sha(content));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.DropAsync("../../etc/passwd"));
    }

    [Fact]
    public void PathThatCannotBeWrittenTo_IsAProblem()
    {
        Assert.Empty(new StoreOptions { Path = Path.Combine(_temp.Path, "new") + "/" }.Problems());
        Assert.Equal(StoreDisk.FolderMode, File.GetUnixFileMode(Path.Combine(_temp.Path, "new")));
        Assert.Contains("/missing does not", Assert.Single(
            new StoreOptions { Path = Path.Combine(_temp.Path, "missing", "deeper") }.Problems()).Takes, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_temp.Path, "missing")));
        Assert.Single(new StoreOptions { Path = "/proc/nowhere" }.Problems());
        Assert.Single(new StoreOptions { Path = "a\0b" }.Problems());
    }

    [Fact]
    public async Task Closed_StoredFileIsNotReadAnyMore()
    {
        Assert.True(await _temp.KeepAsync(1, TempStore.Content(1, 10)));
        var file = await Store.OpenAsync(TempStore.Key(1), CancellationToken.None);

        file!.Dispose();
        file.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await file.ReadAsync(0, new byte[1], CancellationToken.None));
        Assert.Equal(TempStore.Content(1, 10), await _temp.AnswerAsync(1));
    }

    [Fact]
    public async Task MoreFilesThanStayOpen_AllAnswerAndNoDescriptorLeaks()
    {
        using var store = _temp.Open(new StoreOptions { Path = _temp.Path, OpenFiles = 2, EntriesInMemory = 3 });
        for (var n = 0; n < 10; n++)
        {
            Assert.True(await _temp.KeepAsync(n, TempStore.Content(n, 1000 + n), store));
        }

        for (var round = 0; round < 3; round++)
        {
            for (var n = 0; n < 10; n++)
            {
                Assert.Equal(TempStore.Content(n, 1000 + n), await _temp.AnswerAsync(n, store));
            }
        }

        Assert.Equal(2, OpenContents());
        store.Dispose();
        Assert.Equal(0, OpenContents());
    }

    [Fact]
    public async Task HeadsOfManyLines_TakeNoMoreMemoryThanAllowed()
    {
        const int Files = 40;
        using var store = _temp.Open(new StoreOptions { Path = _temp.Path, HeadsInMemory = 1 << 20 });
        var head = new StoredHead(200, "OK", [.. Enumerable.Range(0, 950).Select(line => KeyValuePair.Create($"h{line}", "v"))]);
        for (var n = 0; n < Files; n++)
        {
            var content = TempStore.Content(n, 1000);
            using var body = _temp.Nameless(content);
            Assert.True(
                await store.KeepAsync(
                    TempStore.Key(n),
                    head,
                    TempStore.Clean(content, _temp.Clock.GetUtcNow()),
                    body,
                    content.Length,
                    CancellationToken.None));
        }

        Assert.InRange(store.HeadBytes, 512 << 10, 1 << 20);
        for (var n = 0; n < Files; n++)
        {
            using var file = await store.OpenAsync(TempStore.Key(n), CancellationToken.None);
            Assert.Equal(950, file!.Head.Headers.Count);
        }

        Assert.InRange(store.HeadBytes, 512 << 10, 1 << 20);
    }

    private int OpenContents() =>
        Directory.GetFiles("/proc/self/fd").Count(
            fd => new FileInfo(fd).LinkTarget?.StartsWith(Path.Combine(_temp.Path, "v1/contents"), StringComparison.Ordinal) == true);

    private async Task<bool> KeepAsync(int url, byte[] content, Microsoft.Win32.SafeHandles.SafeFileHandle body) =>
        await Store.KeepAsync(
            TempStore.Key(url),
            TempStore.Head,
            TempStore.Clean(content, _temp.Clock.GetUtcNow()),
            body,
            content.Length,
            CancellationToken.None);
}
