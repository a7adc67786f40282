using ClamProxy.TestKit;

namespace ClamProxy.Tests.Forgetting;

/// <summary>Signatures of the operator's own have no number: their change reaches what is stored and known all the same.</summary>
public sealed class ChangedSignaturesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, "5.890M")]
    [InlineData(2, "11.768M")]
    public async Task ScannerWhoseStatsShowAReload_StoredFileIsScannedAgain(int pools, string used)
    {
        await using var world = await ForgettingWorld.StartAsync(_folder);
        await SeesStatsAsync(world, 1);
        world.FindFile();
        Assert.Equal(200, (await world.GetAsync()).Status);

        world.World.Clamd.StatsReply = FakeClamd.StatsOf(pools, used);
        await SeesStatsAsync(world, 3);
        world.World.Clamd.StatsReply = FakeClamd.StatsOf(1, pools == 1 ? used : "5.884M");

        await world.IsRefusedAsync();
    }

    [Fact]
    public async Task AnotherRevisionAtAStart_EndsTheLifeOfVerdicts()
    {
        await using (await ProxyWorld.StartAsync($"--STORE_PATH={_folder.File("store")}", "--SIGNATURE_REVISION=1"))
        {
        }

        await using var same = await ProxyWorld.StartAsync($"--STORE_PATH={_folder.File("store")}", "--SIGNATURE_REVISION=1");
        await using var after = await ProxyWorld.StartAsync($"--STORE_PATH={_folder.File("store")}", "--SIGNATURE_REVISION=2");

        Assert.NotEqual(DateTimeOffset.MinValue, Cutoff(same));
        Assert.True(Cutoff(after) > Cutoff(same));
    }

    [Fact]
    public async Task ChangedFolder_StoredFileIsScannedAgainAtOnceAndOnceMore()
    {
        var signatures = _folder.File("db");
        Directory.CreateDirectory(signatures);
        await using var world = await ForgettingWorld.StartAsync(
            _folder, $"--SIGNATURE_FOLDER={signatures}", "--ClamProxy:Gate:SignatureReloadWithin=10s");

        // The scanner has not loaded it yet when it is seen here.
        await File.WriteAllTextAsync(Path.Combine(signatures, "local.ndb"), "x", TestContext.Current.CancellationToken);
        await UntilAsync(async () => (await world.GetAsync()).Status == 200 && world.World.Clamd.Contents.Count > 1);
        world.FindFile();

        await world.IsRefusedAsync();
    }

    private static DateTimeOffset Cutoff(ProxyWorld world) =>
        ((ClamProxy.Core.Verdicts.VerdictCutoffs)world.Services.GetService(typeof(ClamProxy.Core.Verdicts.VerdictCutoffs))!).Rescan;

    private static Task SeesStatsAsync(ForgettingWorld world, int count)
    {
        var before = world.World.Clamd.Commands.Count(command => command == "zSTATS");
        return UntilAsync(() => Task.FromResult(world.World.Clamd.Commands.Count(command => command == "zSTATS") >= before + count));
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
