using System.Diagnostics;
using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>kill -9 again and again while clients ask, each time with a new process on the same store.</summary>
public sealed class KilledWithStoreTests
{
    private const int Kills = 12;
    private const int RightOnes = 30;
    private static readonly TimeSpan KillingTime = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task KilledUnderLoadAndStartedAgain_NoByteIsWrongAndNothingIsLeft()
    {
        using var store = new TempFolder();
        await using var clamd = await ClamdProcess.StartAsync();
        await using var library = await Library.OpenAsync();
        var settings = new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["STORE_PATH"] = store.Path,
        };
        var killing = Stopwatch.StartNew();
        for (var kill = 1; kill <= Kills && killing.Elapsed < KillingTime; kill++)
        {
            await using var proxy = await ProxyProcess.StartAsync(settings);
            using var load = new Load(proxy, library);
            load.Start();
            await load.MoreRightOnesAsync(RightOnes);
            await proxy.KillAsync();
            await load.StopAsync();
        }

        await File.WriteAllTextAsync(
            store.File("spool/clamproxy-spool-left"), "by a kill between two calls", TestContext.Current.CancellationToken);
        await using var last = await ProxyProcess.StartAsync(settings);
        await WholeLibraryIsRightAsync(last, library);
        Assert.Empty(Directory.GetFileSystemEntries(store.File("spool")));
        Assert.Empty(Directory.GetFileSystemEntries(store.File("v1/temp")));
        var contents = Directory.GetFiles(store.File("v1/contents"), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(contents);
        Assert.All(
            contents, path => Assert.Equal(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))));
    }

    private static async Task WholeLibraryIsRightAsync(ProxyProcess proxy, Library library)
    {
        foreach (var path in library.Paths)
        {
            using var answer = await proxy.GetAsync(path, library.Origin.Url, cacheScan: true);
            Assert.Null(library.Wrong(path, (int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync()));
        }
    }
}
