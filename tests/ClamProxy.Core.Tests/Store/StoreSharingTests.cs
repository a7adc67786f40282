using ClamProxy.Core.Files;
using ClamProxy.Core.Store;
using ClamProxy.Core.Tests.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Tests.Store;

/// <summary>Two processes' worth of stores on one folder, all doing everything at once; every byte that comes out is checked.</summary>
public sealed class StoreSharingTests
{
    private const int Contents = 12;

    [Fact]
    public async Task FileJustWritten_IsNotLocked_ThoughAChildThatIsBeingStartedHasItsDescriptor()
    {
        using var temp = new TempStore();
        List<SafeFileHandle> children = [];
        temp.Store.Disk.After = step =>
        {
            if (step == "write")
            {
                children.AddRange(Descriptors(Assert.Single(temp.Files("temp"))));
            }
        };

        Assert.True(await temp.KeepAsync(1, TempStore.Content(1, 1000)));

        Assert.NotEmpty(children);
        using var entry = NativeFile.Open(temp.UrlPath(1), 0, 0, out _)!;
        Assert.True(NativeFile.TryLock(entry));
        children.ForEach(child => child.Dispose());
    }

    [Fact]
    public async Task EverythingAtOnce_EveryAnswerIsTheContentOfItsUrl()
    {
        using var temp = new TempStore(size: 8 * StoreUsage.Of(60_000), openFiles: 3, inMemory: 4);
        var other = temp.Open();
        var contents = Enumerable.Range(0, Contents).Select(n => TempStore.Content(n, 20_000 + (n * 3000))).ToList();
        var answers = 0;

        var workers = Enumerable.Range(0, 8).Select(
            worker => Task.Run(() => WorkAsync(worker, worker % 2 == 0 ? temp.Store : other))).ToList();
        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(120));

        Assert.True(answers > 100, $"only {answers} answers");
        Assert.Equal(0, temp.Meters.Sum("clamproxy.store.damaged", "content"));
        Assert.Equal(0, temp.Meters.Sum("clamproxy.store.damaged", "entry"));
        Assert.Equal(0, temp.Meters.Sum("clamproxy.store.damaged", "verdict"));
        Assert.Empty(temp.Files("temp"));
        Assert.DoesNotContain(temp.Log.Collector.GetSnapshot(), line => line.Id.Id is 8001 or 8006);

        async Task WorkAsync(int worker, ContentStore store)
        {
            var random = new Random(worker);
            for (var round = 0; round < 150; round++)
            {
                // Two URLs to a content, so that contents are shared as well.
                var url = random.Next(2 * Contents);
                var content = contents[url % Contents];
                switch (random.Next(20))
                {
                    case < 7:
                        await temp.KeepAsync(url, content, store);
                        break;
                    case 7:
                        await store.DropAsync(TempStore.Sha(content));
                        temp.Clock.Advance(TimeSpan.FromTicks(1));
                        break;
                    case 8:
                        await store.TidyAsync(isThorough: true);
                        break;
                    case 9:
                        temp.Clock.Advance(TimeSpan.FromMilliseconds(400));
                        await store.ConfirmAsync(TempStore.Clean(content, temp.Clock.GetUtcNow()), CancellationToken.None);
                        break;
                    default:
                        await ReadAsync(store, url, content);
                        break;
                }
            }
        }

        async Task ReadAsync(ContentStore store, int url, byte[] content)
        {
            using var file = await store.OpenAsync(TempStore.Key(url), CancellationToken.None);
            if (file is not null)
            {
                Assert.Equal(content, await TempStore.ReadAsync(file));
                Assert.Equal(TempStore.Sha(content), file.Sha256);
                Assert.Equal(file.Sha256, file.Verdict.Sha256);
                Interlocked.Increment(ref answers);
            }
        }
    }

    /// <summary>This process's descriptors of a file, twice over, as a child has them until it runs another program.</summary>
    private static List<SafeFileHandle> Descriptors(string path) => Directory.GetFiles("/proc/self/fd")
        .Where(entry => new FileInfo(entry).LinkTarget == path)
        .Select(entry => DescriptorCopy.Of(int.Parse(Path.GetFileName(entry), System.Globalization.CultureInfo.InvariantCulture)))
        .ToList();
}
