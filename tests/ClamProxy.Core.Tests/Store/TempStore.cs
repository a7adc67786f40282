using System.Security.Cryptography;
using ClamProxy.Core.Files;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Tests.Store;

/// <summary>A folder for stores, and stores on it, each as another process would have it.</summary>
internal sealed class TempStore : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly List<ContentStore> _stores = [];
    private readonly LoggerFactory _loggers;

    public TempStore(long size = 1 << 30, int entries = 1000, int openFiles = 16, int inMemory = 16, long scrubRate = 1 << 30)
    {
        Options = new StoreOptions
        {
            Path = _temp.Path,
            Size = size,
            Entries = entries,
            OpenFiles = openFiles,
            EntriesInMemory = inMemory,
            ScrubRate = scrubRate,
        };
        _loggers = new LoggerFactory([Log]);
        Store = Open();
    }

    public static StoredHead Head { get; } = new(
        200, "OK", [new("Content-Type", "application/zip"), new("ETag", "\"1\""), new("X-Empty", "")]);

    public StoreOptions Options { get; }

    public string Path => _temp.Path;

    public ContentStore Store { get; }

    /// <summary>It starts now: the kernel notes access times by its own clock, where others read the files.</summary>
    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public TestMeters Meters { get; } = new();

    public FakeLoggerProvider Log { get; } = new();

    public static UrlKey Key(int n) => UrlKey.For($"https://example.org/secret-{n}?token=t", []);

    public static string Sha(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static byte[] Content(int seed, int length)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    public static ContentRecord Clean(byte[] content, DateTimeOffset at, int? database = 27000) =>
        new(Sha(content), Verdict.Clean, null, UnscannableReason.None, null, "1.4.6", database, null, at);

    public static async Task<byte[]> ReadAsync(StoredFile file)
    {
        var bytes = new byte[file.Length];
        for (var read = 0; read < bytes.Length;)
        {
            var part = await file.ReadAsync(read, bytes.AsMemory(read), CancellationToken.None);
            Assert.NotEqual(0, part);
            read += part;
        }

        Assert.Equal(0, await file.ReadAsync(bytes.Length, new byte[1], CancellationToken.None));
        return bytes;
    }

    public ContentStore Open(StoreOptions? options = null)
    {
        var store = new ContentStore(options ?? Options, new StoreMetrics(Meters), _loggers.CreateLogger<ContentStore>(), Clock);
        _stores.Add(store);
        return store;
    }

    /// <returns>The caller's to close.</returns>
    public SafeFileHandle Nameless(byte[] content)
    {
        var file = NamelessFile.Create(_temp.Path, "x-");
        RandomAccess.Write(file, content, 0);
        return file;
    }

    public async Task<bool> KeepAsync(int url, byte[] content, ContentStore? store = null, int? database = 27000)
    {
        using var body = Nameless(content);
        return await (store ?? Store).KeepAsync(
            Key(url), Head, Clean(content, Clock.GetUtcNow(), database), body, content.Length, CancellationToken.None);
    }

    /// <summary>What the store answers, read whole and held against what it says it is; null when it answers nothing.</summary>
    public async Task<byte[]?> AnswerAsync(int url, ContentStore? store = null)
    {
        using var file = await (store ?? Store).OpenAsync(Key(url), CancellationToken.None);
        if (file is null)
        {
            return null;
        }

        var bytes = await ReadAsync(file);
        Assert.Equal(file.Sha256, Sha(bytes));
        return bytes;
    }

    public string ContentPath(byte[] content) => new StoreFolders(Path).Content(Sha(content));

    public string UrlPath(int url) => new StoreFolders(Path).Url(StoreFolders.Digits(Key(url)));

    public string VerdictPath(byte[] content) => new StoreFolders(Path).Verdict(Sha(content));

    public IReadOnlyList<string> Files(string folder = "") =>
        [
            .. Directory.GetFiles(
                System.IO.Path.Combine(Path, "v1", folder),
                "*",
                SearchOption.AllDirectories).Where(path => System.IO.Path.GetFileName(path) is not ("lock" or "scrub"))];

    /// <summary>Changes a file that nobody may write to, as a failing disk would: its length and its times stay.</summary>
    public static void Corrupt(string path, Action<byte[]>? change = null)
    {
        var (bytes, time) = (File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path));
        (change ?? (all => all[all.Length / 2] ^= 1))(bytes);
        Overwrite(path, bytes);
        File.SetLastWriteTimeUtc(path, time);
    }

    public static void Overwrite(string path, byte[] bytes)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(path, bytes);
    }

    public void Dispose()
    {
        _stores.ForEach(store => store.Dispose());
        _loggers.Dispose();
        Meters.Dispose();
        _temp.Dispose();
    }
}
