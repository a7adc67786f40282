using System.Text.Json;
using ClamProxy.TestKit;
using ClamProxy.Tests.Forgetting;
using ClamProxy.Tests.Recalling;

namespace ClamProxy.Tests.Events;

/// <summary>All who took a content that turns out infected are named to the operator's targets, in numbered events.</summary>
public sealed class LateEventTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DeliveredContentTurnsBad_NamesEachClientOnceInNumberedEvents()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await StartAsync(receiver, "--ClamProxy:EventWebhooks:MaxTakers=2");
        await TakeAsync(world, 5);

        await TurnBadAsync(world);

        var told = new List<ReceivedCallback> { await receiver.NextAsync(), await receiver.NextAsync(), await receiver.NextAsync() };
        Assert.All(told, one =>
        {
            Assert.True(one.IsSignedBy(CallbackReceiver.Secret));
            Assert.Equal("io.clamproxy.file.detected-late", one.Json.GetProperty("type").GetString());
            Assert.Equal(Recalls.Hash(ForgettingWorld.Content), one.Json.GetProperty("subject").GetString());
            Assert.Equal(("Evil-1", 5, 5, 3), (
                one.Data.GetProperty("signature").GetString(), one.Data.GetProperty("clients").GetInt32(),
                one.Data.GetProperty("rows").GetInt32(), one.Data.GetProperty("parts").GetInt32()));
            Assert.Equal(one.Id, one.Json.GetProperty("id").GetString());
        });
        Assert.Equal([1, 2, 3], told.Select(one => one.Data.GetProperty("part").GetInt32()));
        Assert.Equal(3, told.DistinctBy(one => one.Id).Count());
        var takers = told.SelectMany(one => one.Data.GetProperty("takers").EnumerateArray()).ToList();
        Assert.Equal(
            Enumerable.Range(1, 5).Select(number => $"192.0.2.{number}"), takers.Select(taker => Text(taker, "client")).Order());
        Assert.All(takers, taker => Assert.Equal(
            ($"{world.Origin.Url}/file", "proxy", "clean"), (Text(taker, "url"), Text(taker, "door"), Text(taker, "verdict"))));
    }

    [Fact]
    public async Task HashedRecord_NamesHashesOnly()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await StartAsync(receiver, "--RECORD_HASHED=true");
        await TakeAsync(world, 1);

        await TurnBadAsync(world);

        Assert.DoesNotContain("192.0.2.1", (await receiver.NextAsync()).Json.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_WhatWasNotToldYetIsTold()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        receiver.AnswerWith(503);
        string id;
        await using (var world = await StartAsync(receiver))
        {
            await TakeAsync(world, 1);
            await TurnBadAsync(world);
            id = (await receiver.NextAsync()).Id;
        }

        receiver.Answer = _ => Task.CompletedTask;
        await using var restarted = await StartAsync(receiver);
        await restarted.WaitForMetricAsync("clamproxy_events_delay_seconds_count", 1);

        Assert.Equal(id, (await receiver.NextAsync()).Id);
    }

    private async Task<ProxyWorld> StartAsync(CallbackReceiver receiver, params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(
        [
            $"--ClamProxy:EventWebhooks:Targets:siem:Url={receiver.Url}", "--ClamProxy:EventWebhooks:Targets:siem:Kinds=detected-late",
            $"--ClamProxy:EventWebhooks:Targets:siem:Secrets={CallbackReceiver.Secret}", "--EVENT_TARGETS=127.0.0.1",
            "--ClamProxy:EventWebhooks:Pauses=10ms", $"--DATA_PATH={_folder.File("data")}", "--TRUSTED_PROXIES=127.0.0.1", .. settings,
        ]);
        world.Origin.On("/file", ForgettingWorld.Content);
        return world;
    }

    private static async Task TakeAsync(ProxyWorld world, int clients)
    {
        for (var number = 1; number <= clients; number++)
        {
            Assert.Equal(200, (await world.GetAsync("/file", false, ("X-Real-IP", $"192.0.2.{number}"))).Status);
        }

        await Recalls.RowsAsync(world, ForgettingWorld.Content, clients);
    }

    /// <summary>It is also refused by now, which this target is not told of.</summary>
    private static async Task TurnBadAsync(ProxyWorld world)
    {
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(EventWorld.Found);
        Assert.Equal(409, (await world.GetAsync("/file")).Status);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).ToString();
}
