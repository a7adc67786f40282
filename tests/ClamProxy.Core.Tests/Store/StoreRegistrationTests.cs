using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Tests.Store;

public sealed class StoreRegistrationTests
{
    [Fact]
    public async Task Registered_TheStoreIsLookedAfterAndTheSpoolLiesBesideIt()
    {
        using var temp = new TempFolder();
        using var meters = new TestMeters();
        var clock = FakeClock.Create();
        var options = new StoreOptions { Path = temp.Path };
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(meters)
            .AddSingleton<TimeProvider>(clock)
            .AddSpool(new SpoolOptions { MemoryThreshold = 0, FolderBesideStore = options.SpoolPath })
            .AddStore(options)
            .BuildServiceProvider();
        var store = services.GetRequiredService<ContentStore>();
        Assert.Empty(Directory.GetFiles(Path.Combine(temp.Path, "v1", "temp")));
        await File.WriteAllTextAsync(Path.Combine(temp.Path, "v1", "temp", "left"), "by a kill");
        var upkeep = services.GetServices<IHostedService>().Single();
        using var ended = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        await upkeep.StartAsync(ended.Token);
        while (File.Exists(Path.Combine(temp.Path, "v1", "temp", "left")))
        {
            ended.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        using var writer = services.GetRequiredService<SpoolFolder>().Create(null);
        Assert.Null(await writer.WriteAsync(new byte[5000], ended.Token));
        using var body = writer.Complete();
        var verdict = TempStore.Clean(new byte[5000], clock.GetUtcNow());
        Assert.True(await store.KeepAsync(TempStore.Key(1), TempStore.Head, verdict, body.File, body.Length, ended.Token));
        Assert.True(Core.Files.NativeFile.TryLook(body.File!, out var spooled));
        Assert.True(Core.Files.NativeFile.TryLook(new StoreFolders(temp.Path).Content(verdict.Sha256), out var stored));
        Assert.Equal(spooled.Stamp.Inode, stored.Stamp.Inode);
        await upkeep.StopAsync(ended.Token).WaitAsync(ended.Token);
    }

    [Fact]
    public async Task NoPath_NothingRunsAndNothingIsWritten()
    {
        using var meters = new TestMeters();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(meters)
            .AddStore(new StoreOptions())
            .BuildServiceProvider();

        Assert.False(services.GetRequiredService<ContentStore>().IsOn);
        Assert.Null(new StoreOptions().SpoolPath);
        await services.GetServices<IHostedService>().Single().StartAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
