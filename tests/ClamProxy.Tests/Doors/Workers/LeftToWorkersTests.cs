using System.Security.Cryptography;
using System.Text.Json;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Tests.Doors.Workers;

/// <summary>What becomes of scans that are left to workers where there is none, or something goes wrong between the processes.</summary>
public sealed class LeftToWorkersTests : IDisposable
{
    private static readonly byte[] Content = RandomBody.Of(200_000);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TempFolder _data = TempFolder.ForScratch();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Workers_Scan()
    {
        await using var world = await StartAsync();

        Assert.Equal(200, (await world.GetAsync("/file")).Status);
        Assert.Equal(409, (await world.GetAsync("/bad")).Status);

        Assert.Equal(2, await world.MetricAsync("clamproxy_doors_scans_total"));
        var metrics = await world.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancelled);
        Assert.Contains("clamproxy_doors_scans_total{priority=\"normal\",result=\"infected\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("stage=\"queue\"", metrics, StringComparison.Ordinal);
        Assert.Contains("size_class=\"medium_100k_1m\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoWorker_IsA503AtTheDeadlineAndNothingIsLeft()
    {
        await using var world = await StartAsync("--ClamProxy:Jobs:ScanWithin=1s");
        await world.StopWorkersAsync();

        var reply = await world.GetAsync("/file");

        Assert.Equal((503, "urn:clamproxy:problem:scanner-unavailable"), (reply.Status, reply.Problem("type")));
        Assert.NotNull(reply["Retry-After"]);
        await AssertNothingLeftAsync(world);
    }

    [Fact]
    public async Task QueueIsFull_IsA503AtOnceAndTheOthersAreNotDisturbed()
    {
        await using var world = await StartAsync("--ClamProxy:Jobs:MaxWaiting=1", "--ClamProxy:Jobs:ScanWithin=30s");
        await world.StopWorkersAsync();
        var waiting = world.GetAsync("/file");
        await QueuedAsync(world, 1);

        var reply = await world.GetAsync("/bad");
        await world.StartWorkersAsync(Settings());

        Assert.Equal((503, "urn:clamproxy:problem:overloaded"), (reply.Status, reply.Problem("type")));
        Assert.NotNull(reply["Retry-After"]);
        Assert.Equal(200, (await waiting.WaitAsync(Limit, Cancelled)).Status);
        await AssertNothingLeftAsync(world);
    }

    [Fact]
    public async Task WorkerStopsMidScan_AnotherScansAndTheClientGetsItsAnswer()
    {
        string[] settings = ["--ClamProxy:Jobs:ScanWithin=30s", "--JOB_ATTEMPTS=3"];
        await using var world = await StartAsync(settings);
        var (scanning, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Clamd.OnContent = async (_, _) =>
        {
            scanning.TrySetResult();
            await end.Task;
        };
        var asking = world.GetAsync("/file");
        await scanning.Task.WaitAsync(Limit, Cancelled);

        var stopping = world.StopWorkersAsync();
        world.Clamd.OnContent = null;
        await stopping;
        end.SetResult();
        await world.StartWorkersAsync(Settings(settings));

        Assert.Equal(200, (await asking.WaitAsync(Limit, Cancelled)).Status);
        await AssertNothingLeftAsync(world);
    }

    [Fact]
    public async Task HighPriority_IsTakenFourTimesInFive()
    {
        await using var world = await StartAsync("--PRIORITY_HIGH=127.0.0.1", "--ClamProxy:Jobs:ScanWithin=30s");
        await world.StopWorkersAsync();
        var queue = world.Services.GetRequiredService<IJobQueue>();
        for (var number = 0; number < 5; number++)
        {
            var now = TimeProvider.System.GetUtcNow();
            await queue.AddAsync(new Job($"upload {number}", "objects", $"u{number}", "u", JobPriority.Normal, now), Cancelled);
        }

        for (var number = 0; number < 10; number++)
        {
            world.Origin.On($"/{number}", RandomBody.Of(1000 + number));
        }

        var asking = Enumerable.Range(0, 10).Select(number => world.GetAsync($"/{number}")).ToList();
        await QueuedAsync(world, 15);
        var taken = new List<JobPriority>();
        for (var number = 0; number < 10; number++)
        {
            taken.Add((await queue.TakeAsync(TimeSpan.Zero, Cancelled))!.Job.Priority);
        }

        Assert.Equal(8, taken.Count(priority => priority == JobPriority.High));
        world.Client.CancelPendingRequests();
        await Task.WhenAll(asking).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"sha256":"","verdict":"clean"}""")]
    [InlineData("another content")]
    [InlineData("unsigned")]
    [InlineData("too large, unsigned")]
    public async Task AnswerIsNotToBeBelieved_IsA503AndNoPass(string kind)
    {
        await using var world = await StartAsync("--VERDICT_KEY=0123456789abcdef0123456789abcdef", "--ClamProxy:Jobs:ScanWithin=30s");
        await world.StopWorkersAsync();
        var asking = world.GetAsync("/file");
        var taken = (await world.Services.GetRequiredService<IJobQueue>().TakeAsync(Limit, Cancelled))!;
        var sha256 = kind == "another content" ? new string('a', 64) : Convert.ToHexStringLower(SHA256.HashData(Content));
        var clean = new ContentRecord(sha256, Verdict.Clean, null, default, null, "1.4.6", 1, null, TimeProvider.System.GetUtcNow());
        var messages = kind == "unsigned"
            ? new VerdictMessages(new VerdictOptions(), TimeProvider.System)
            : world.Services.GetRequiredService<VerdictMessages>();
        var text = kind is "unsigned" or "another content" ? messages.Write($"scan:{taken.Job.Id}", clean) : kind;

        var answer = new ScanAnswer(taken.Job.Id, new WorkerReport("liar", true, null, null, null, 0));
        await world.Services.GetRequiredService<IScanExchange>().AnswerAsync(
            taken.Job.Door!.Asker,
            kind == "too large, unsigned" ? answer with { Failure = "too-large", Detail = "A lie." } : answer with { Verdict = text },
            Limit,
            Cancelled);

        var reply = await asking.WaitAsync(Limit, Cancelled);
        Assert.Equal(503, reply.Status);
        Assert.Contains("not to be believed", reply.Problem("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScanThatADoorWaitsFor_IsNoResultOfTheApi()
    {
        await using var world = await StartAsync("--DOORS=proxy,api");
        Assert.Equal(200, (await world.GetAsync("/file")).Status);
        using var api = new HttpClient { BaseAddress = new UriBuilder(world.Addresses[2]).Uri };

        var page = JsonSerializer.Deserialize<JsonElement>(await api.GetStringAsync(new Uri("/results", UriKind.Relative), Cancelled));

        Assert.Equal(0, page.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task WorkersHaveNewerSignatures_WhatIsKnownIsScannedAgain()
    {
        await using var world = await StartAsync();
        await world.GetAsync("/file", cacheScan: true);
        await world.GetAsync("/file", cacheScan: true);
        Assert.Single(world.Clamd.Contents);

        world.Clamd.VersionReply = FakeClamd.VersionOf(99999, TimeProvider.System.GetUtcNow());
        await world.WaitForDatabaseAsync(99999);
        await LooksAsync(world, roster => roster.Workers.Any(worker => worker.Database == 99999));
        await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(2, world.Clamd.Contents.Count);
    }

    [Fact]
    public async Task WorkersSawSignaturesChangeWithoutANumber_WhatIsKnownIsScannedAgain()
    {
        await using var world = await StartAsync();
        await world.GetAsync("/file", cacheScan: true);

        world.ScanningServices.GetRequiredService<VerdictCutoffs>().RescanAll();
        await LooksAsync(world, _ => world.Services.GetRequiredService<VerdictCutoffs>().Rescan > DateTimeOffset.UnixEpoch);
        await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(2, world.Clamd.Contents.Count);
    }

    [Fact]
    public async Task Readyz_SaysWhoScansAndIsReadyWithoutAWorker()
    {
        await using var world = await StartAsync();
        await LooksAsync(world, roster => roster.Workers.Count > 0);

        var ready = await ReadyAsync(world);

        Assert.True(ready.GetProperty("ready").GetBoolean());
        Assert.Equal("workers", ready.GetProperty("scanBy").GetString());
        Assert.True(ready.GetProperty("workers")[0].GetProperty("up").GetBoolean());
        Assert.Equal(0, ready.GetProperty("scanners").GetArrayLength());
    }

    [Fact]
    public async Task StoreOfContentsIsLost_IsA503AndNotReady()
    {
        await using var world = await StartAsync();
        var objects = Path.Combine(_data.Path, "objects");
        if (Directory.Exists(objects))
        {
            Directory.Delete(objects, recursive: true);
        }

        await File.WriteAllTextAsync(objects, "no folder", Cancelled);

        var reply = await world.GetAsync("/file");
        await world.Services.GetRequiredService<WorkerRoster>().LookAsync(Cancelled);

        Assert.Equal((503, "urn:clamproxy:problem:objects-unavailable"), (reply.Status, reply.Problem("type")));
        Assert.False((await ReadyAsync(world)).GetProperty("ready").GetBoolean());
    }

    [Theory]
    [InlineData("proxy", "", "DATA_PATH: takes")]
    [InlineData("proxy,worker", "/tmp/none", "SCAN_BY=workers: takes self")]
    public void SettingsThatDoNotFit_EndTheStart(string doors, string data, string line)
    {
        var (_, problems) = ProxyApplication.Build([$"--DOORS={doors}", "--SCAN_BY=workers", $"--DATA_PATH={data}", "--LOG_LEVEL=None"]);

        Assert.StartsWith(line, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--SCAN_BY=others", "SCAN_BY=others: takes self or workers")]
    [InlineData("--PRIORITY_HIGH=https://a/", "PRIORITY_HIGH=https://a/: takes names of hosts")]
    public void WrongSetting_EndsTheStartWithALineThatNamesIt(string setting, string line)
    {
        var (_, problems) = ProxyApplication.Build([setting, "--LOG_LEVEL=None"]);

        Assert.StartsWith(line, Assert.Single(problems), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReadyAsync(ProxyWorld world)
    {
        using var answer = await world.Management.GetAsync(new Uri("/readyz", UriKind.Relative), Cancelled);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    /// <summary>Lets the roster look until it knows something.</summary>
    private static async Task LooksAsync(ProxyWorld world, Func<WorkerRoster, bool> holds)
    {
        var roster = world.Services.GetRequiredService<WorkerRoster>();
        using var limit = new CancellationTokenSource(Limit);
        while (!holds(roster))
        {
            await Task.Delay(20, limit.Token);
            await roster.LookAsync(limit.Token);
        }
    }

    private static async Task QueuedAsync(ProxyWorld world, int jobs)
    {
        using var limit = new CancellationTokenSource(Limit);
        while ((await world.Services.GetRequiredService<IJobQueue>().StateAsync(limit.Token)).Jobs != jobs)
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private async Task AssertNothingLeftAsync(ProxyWorld world)
    {
        await QueuedAsync(world, 0);
        Assert.Empty(ByWorkers.Contents(_data.Path));
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
    }

    private string[] Settings(params string[] settings) => [.. ByWorkers.Settings(_data.Path, "proxy"), .. settings];

    private async Task<ProxyWorld> StartAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(Settings(settings));
        world.Origin.On("/file", Content).On("/bad", Eicar.Bytes);
        return world;
    }
}
