using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// One download and one scan for two processes, and what happens to the clients of one when the other dies, sleeps or loses Redis.
/// </summary>
public sealed class TwoProxiesTests
{
    private const int Clients = 20;
    private const int Files = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    /// <summary>Both processes renew at a third of it while the machine is busy; half of what is waited for its end at most.</summary>
    private static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(5);

    private readonly byte[] _content = RandomBody.Of(600_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FortyRequestsAtOnceOverBoth_AreOneDownloadAndOneScan(bool isInfected)
    {
        await using var pair = await TwoProxies.StartAsync(isInfected);
        pair.Origin.On(TwoProxies.File, _content);

        var asked = Task.WhenAll([.. pair.Ask(pair.First, Clients), .. pair.Ask(pair.Second, Clients)]);
        await pair.FirstScanBeganAsync();
        await TwoProxies.IsFollowingAsync(pair.First, pair.Second);
        pair.LetScansGoOn();

        var answers = await asked.WaitAsync(Limit);
        Assert.All(answers, answer => Assert.True(isInfected ? answer.Status == 409 : IsRight(answer, _content), $"{answer.Status}"));
        Assert.Equal((1, 1), (pair.Origin.Requests.Count, pair.Scans));
    }

    [Fact]
    public async Task SameContentFromTwoUrls_IsScannedByOneProcess()
    {
        await using var pair = await TwoProxies.StartAsync();
        pair.Origin.On("/one", _content).On("/two", _content);

        var ofFirst = pair.Ask(pair.First, Clients, "/one");
        await pair.FirstScanBeganAsync();
        var ofSecond = pair.Ask(pair.Second, Clients, "/two");
        await TwoProxies.IsFollowingAsync(pair.Second);
        pair.LetScansGoOn();

        Assert.All(
            await Task.WhenAll([.. ofFirst, .. ofSecond]).WaitAsync(Limit),
            answer => Assert.True(IsRight(answer, _content), $"{answer.Status}"));
        Assert.Equal((2, 1), (pair.Origin.Requests.Count, pair.Scans));
    }

    /// <summary>
    /// Nothing is held up here: among so many, some have looked for a verdict before the flight landed and ask to fly after it.
    /// </summary>
    [Fact]
    public async Task FortyRequestsAtOnceForEachOfManyFiles_NoneIsFetchedOrScannedTwice()
    {
        await using var pair = await TwoProxies.StartAsync(holds: 0);
        for (var file = 1; file <= Files; file++)
        {
            var content = RandomBody.Of(5_000);
            pair.Origin.On($"/{file}", content);
            var answers = await Task.WhenAll(
                [.. pair.Ask(pair.First, Clients, $"/{file}"), .. pair.Ask(pair.Second, Clients, $"/{file}")]).WaitAsync(Limit);
            Assert.All(answers, answer => Assert.True(IsRight(answer, content)));
        }

        Assert.Equal((Files, Files), (pair.Origin.Requests.Count, pair.Scans));
    }

    [Fact]
    public async Task KnownCleanFileThatIsNotStored_NoProcessWaitsForTheOthersDownload()
    {
        await using var pair = await TwoProxies.StartAsync(holds: 0, hasStore: false);
        pair.Origin.On(TwoProxies.File, _content);
        await Task.WhenAll(pair.Ask(pair.First, 1)).WaitAsync(Limit);
        var (bothAsk, asking, allWait) = (new TaskCompletionSource(), 0, new TaskCompletionSource());
        pair.Origin.On(TwoProxies.File, async context =>
        {
            if (Interlocked.Increment(ref asking) == 2)
            {
                bothAsk.SetResult();
            }

            await allWait.Task;
            await FakeOrigin.SendAsync(context, _content);
        });

        var asked = Task.WhenAll([.. pair.Ask(pair.First, Clients), .. pair.Ask(pair.Second, Clients)]);
        await bothAsk.Task.WaitAsync(Limit);
        await pair.AllWaitAsync(Clients);
        allWait.SetResult();
        var answers = await asked.WaitAsync(Limit);

        Assert.All(answers, answer => Assert.True(IsRight(answer, _content), $"{answer.Status}"));
        Assert.Equal((3, 1), (pair.Origin.Requests.Count, pair.Scans));
    }

    [Fact]
    public async Task LeaderKilledMidScan_OtherTakesOverWhenTheLeaseEnds()
    {
        await using var pair = await TwoProxies.StartAsync(leaseTime: ShortLease);
        var (ofFirst, ofSecond) = await LeadAndFollowAsync(pair);

        await pair.First.KillAsync();

        // The first scan never goes on: without the other's own download they would wait for ever.
        Assert.All(await Task.WhenAll(ofSecond).WaitAsync(Limit), answer => Assert.True(IsRight(answer, _content)));
        Assert.Equal((2, 2), (pair.Origin.Requests.Count, pair.Scans));
        foreach (var one in ofFirst)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => one);
        }
    }

    [Fact]
    public async Task LeaderStoppedAndContinued_OverwritesNothingOfItsSuccessors()
    {
        await using var pair = await TwoProxies.StartAsync(leaseTime: ShortLease);
        var newer = RandomBody.Of(500_000);
        pair.Origin.On(TwoProxies.File, _content);
        var ofFirst = pair.Ask(pair.First, 1);
        await pair.FirstScanBeganAsync();
        pair.Origin.On(TwoProxies.File, newer);
        pair.First.Freeze();

        var ofSecond = await Task.WhenAll(pair.Ask(pair.Second, Clients)).WaitAsync(Limit);
        pair.First.Thaw();
        pair.LetScansGoOn();
        var late = await Task.WhenAll(ofFirst).WaitAsync(Limit);

        Assert.All(ofSecond, answer => Assert.True(IsRight(answer, newer)));
        Assert.All(late, answer => Assert.True(IsRight(answer, _content)));
        var after = await Task.WhenAll([.. pair.Ask(pair.First, Clients), .. pair.Ask(pair.Second, Clients)]).WaitAsync(Limit);
        Assert.All(after, answer => Assert.True(IsRight(answer, newer)));
        Assert.Equal((2, 2), (pair.Origin.Requests.Count, pair.Scans));
    }

    [Fact]
    public async Task RedisKilledMidScan_EachGoesOnForItself()
    {
        await using var pair = await TwoProxies.StartAsync();
        var (ofFirst, ofSecond) = await LeadAndFollowAsync(pair);

        await pair.Redis.KillAsync();

        Assert.All(await Task.WhenAll(ofSecond).WaitAsync(Limit), answer => Assert.True(IsRight(answer, _content)));
        pair.LetScansGoOn();
        Assert.All(await Task.WhenAll(ofFirst).WaitAsync(Limit), answer => Assert.True(IsRight(answer, _content)));
        Assert.Equal((2, 2), (pair.Origin.Requests.Count, pair.Scans));
    }

    /// <summary>Clients of both: the first process scans, the second waits for it.</summary>
    private async Task<(Task<(int Status, byte[] Body)>[] OfFirst, Task<(int Status, byte[] Body)>[] OfSecond)> LeadAndFollowAsync(
        TwoProxies pair)
    {
        pair.Origin.On(TwoProxies.File, _content);
        var ofFirst = pair.Ask(pair.First, Clients);
        await pair.FirstScanBeganAsync();
        var ofSecond = pair.Ask(pair.Second, Clients);
        await TwoProxies.IsFollowingAsync(pair.Second);
        return (ofFirst, ofSecond);
    }

    private static bool IsRight((int Status, byte[] Body) answer, byte[] content) =>
        answer.Status == 200 && answer.Body.AsSpan().SequenceEqual(content);
}
