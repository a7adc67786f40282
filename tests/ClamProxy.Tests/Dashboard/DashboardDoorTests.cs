using System.Security.Cryptography;
using ClamProxy.Dashboard.Live;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Api;
using ClamProxy.Tests.Doors.Icap;
using Microsoft.Extensions.DependencyInjection;
using static ClamProxy.Tests.Dashboard.Dashboards;

namespace ClamProxy.Tests.Dashboard;

/// <summary>What comes by other doors than the proxy's is on the same pages.</summary>
public sealed class DashboardDoorTests
{
    private static readonly byte[] Content = RandomBody.Of(100_000);

    [Fact]
    public async Task Job_IsUnderWayThenAmongTheDecisions()
    {
        await using var world = await ApiWorld.StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Clamd.OnContent = async (connection, _) =>
        {
            await go.Task;
            await connection.ReplyAsync("stream: Evil-1 FOUND\0");
        };

        var id = await world.UploadAsync(Content, "secret-name-of-a-person.pdf");
        var now = await PageWithAsync(world.Host, "/dashboard", $"job {id}");
        go.SetResult();
        var page = await PageWithAsync(world.Host, $"/dashboard/verdicts?q={id}&door=worker", "Evil-1");

        Assert.Contains("<span>worker</span>", now, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(Content)), page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-name", now + page, StringComparison.Ordinal);
        Assert.Contains("infected", await PageAsync(world.Host, $"/dashboard/requests/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Icap_IsAmongTheDecisions()
    {
        await using var world = await ProxyWorld.StartAsync("--DOORS=proxy,icap");

        await IcapWire.AskAsync(world, IcapWire.Respmod("http://example.org/file?token=s3cret", "hello"));

        var page = await PageWithAsync(world, "/dashboard/verdicts?door=icap", "http://example.org/file</bdi>");
        Assert.DoesNotContain("s3cret", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workers_AreShownInPlaceOfScanners()
    {
        using var data = new TempFolder();
        await using var world = await ProxyWorld.StartAsync("--SCAN_BY=workers", $"--DATA_PATH={data.Path}");

        Assert.Contains("Workers", await PageWithAsync(world, "/dashboard/scanners", "Works</span>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_TellOfTheLastHourAndNoMore()
    {
        await using var world = await ProxyWorld.StartAsync();
        var samples = world.Services.GetRequiredService<Samples>();
        world.Origin.On("/bad", Eicar.Bytes).On("/good", Content);
        await world.GetAsync("/good");
        await world.GetAsync("/bad");
        await PageWithAsync(world, "/dashboard/verdicts", Count(2));

        samples.Take();
        var busy = samples.All[^1];
        for (var i = 0; i < Samples.Most + 10; i++)
        {
            samples.Take();
        }

        Assert.Equal((0.4f, 1f, 0f), (busy.Requests, busy.Refused, busy.Hits));
        Assert.True(busy.Median > 0 && busy.Slowest >= busy.Median, $"{busy}");
        Assert.Equal(Samples.Most, samples.All.Count);
        Assert.True(float.IsNaN(samples.All[^1].Median));
        Assert.Contains("<path class=\"line line0\"", await PageAsync(world, "/dashboard"), StringComparison.Ordinal);
    }
}
