using ClamProxy.Scans;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Api;
using ClamProxy.Warming;

namespace ClamProxy.Tests.Scans;

/// <summary>The scan API of the real host, asked by <c>clamproxy scan --server</c>.</summary>
public sealed class ServerScansTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_HaveTheServersVerdict()
    {
        await using var world = await ApiWorld.StartAsync();
        await using var scans = Scans(world);
        await File.WriteAllBytesAsync(_folder.File("bad"), Eicar.Bytes, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.File("good"), "fine", TestContext.Current.CancellationToken);

        var (good, bad) = (await ScanAsync(scans, _folder.File("good")), await ScanAsync(scans, _folder.File("bad")));

        Assert.Equal((ScanOutcome.Clean, "clean", 4L, false), (good.Outcome, good.Word, good.Verdict!.Size, good.Verdict.Known));
        Assert.Equal((ScanOutcome.Refused, "Eicar-Test-Signature"), (bad.Outcome, bad.Finding));
        Assert.True((await ScanAsync(scans, _folder.File("good"))).Verdict!.Known);
    }

    [Fact]
    public async Task Urls_AreFetchedByTheServer()
    {
        await using var world = await ApiWorld.StartAsync();
        await using var scans = Scans(world);
        world.Host.Origin.On("/good", "fine"u8.ToArray());
        world.Host.Origin.On("/bad", Eicar.Bytes);

        var results = new List<ScannedContent>();
        foreach (var path in (string[])["/good?secret=1", "/bad", "/none"])
        {
            results.Add(await ScanAsync(scans, world.Host.Origin.Url + path));
        }

        Assert.Equal([ScanOutcome.Clean, ScanOutcome.Refused, ScanOutcome.Failed], results.Select(one => one.Outcome));
        Assert.Equal(["", "Eicar-Test-Signature", "Upstream answered 404."], results.Select(one => one.Finding));
        Assert.DoesNotContain("secret", results[0].Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotAllowed_IsAFailureThatSaysWhy()
    {
        await using var world = await ApiWorld.StartAsync($"--API_CREDENTIALS=ci:sha256:{new string('0', 64)}");
        await using var scans = Scans(world);
        await File.WriteAllTextAsync(_folder.File("good"), "fine", TestContext.Current.CancellationToken);

        var result = await ScanAsync(scans, _folder.File("good"));

        Assert.Equal(ScanOutcome.Failed, result.Outcome);
        Assert.StartsWith("401 ", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoScanApi_IsAFailure()
    {
        await using var other = await FakeOrigin.StartAsync();
        other.Otherwise = context => context.Response.Body.WriteAsync("<html>"u8.ToArray(), context.RequestAborted).AsTask();
        await using var scans = new ServerScans(ProxyBase.Parse(other.Url)!, TimeProvider.System);
        await File.WriteAllTextAsync(_folder.File("good"), "fine", TestContext.Current.CancellationToken);

        Assert.Contains("--server", (await ScanAsync(scans, _folder.File("good"))).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThere_IsAFailure()
    {
        await using var scans = new ServerScans(ProxyBase.Parse($"http://127.0.0.1:{FreePort.Next()}")!, TimeProvider.System);
        await File.WriteAllTextAsync(_folder.File("good"), "fine", TestContext.Current.CancellationToken);

        Assert.Equal(ScanOutcome.Failed, (await ScanAsync(scans, _folder.File("good"))).Outcome);
    }

    [Fact]
    public async Task Overloaded_IsAskedAgain()
    {
        await using var server = await FakeOrigin.StartAsync();
        var asked = 0;
        server.Otherwise = context =>
        {
            if (Interlocked.Increment(ref asked) == 1)
            {
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = "1";
                return Task.CompletedTask;
            }

            return context.Response.Body.WriteAsync(
                """{"verdict":"clean","sha256":"aa","scannedAt":"2026-01-02T03:04:05Z","new":1}"""u8.ToArray(),
                context.RequestAborted).AsTask();
        };
        await using var scans = new ServerScans(ProxyBase.Parse(server.Url)!, TimeProvider.System);
        await File.WriteAllTextAsync(_folder.File("good"), "fine", TestContext.Current.CancellationToken);

        Assert.Equal((ScanOutcome.Clean, 2), ((await ScanAsync(scans, _folder.File("good"))).Outcome, asked));
    }

    private static ServerScans Scans(ApiWorld world) =>
        new(ProxyBase.Parse($"{world.Client.BaseAddress}")!, TimeProvider.System);

    private static Task<ScannedContent> ScanAsync(ServerScans scans, string named) =>
        scans.ScanAsync(ScanTargets.Find([named]).Single(), TestContext.Current.CancellationToken);
}
