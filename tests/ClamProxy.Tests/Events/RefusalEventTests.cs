using System.Text;
using System.Text.Json;
using ClamProxy.Core.Requests;
using ClamProxy.TestKit;
using ClamProxy.Tests.Forgetting;
using ClamProxy.Tests.Recalling;
using ClamProxy.Tests.Tracking;

namespace ClamProxy.Tests.Events;

/// <summary>Refusals are told to the operator's targets: in order, signed, within bounds, without slowing anybody down.</summary>
public sealed class RefusalEventTests : IDisposable
{
    private const string Planted = "planted-secret";
    private const string Signed = $"--EVENT_SECRETS={CallbackReceiver.Secret}";
    private const string OneTarget = "--ClamProxy:EventWebhooks:Targets:siem:Url=https://siem.example.org/";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task InfectedFile_IsToldAsASignedCloudEvent()
    {
        await using var world = await EventWorld.StartAsync("--TRUSTED_PROXIES=127.0.0.1");

        var reply = await world.RefuseAsync(
            $"/evil?token={Planted}",
            ("X-Real-IP", "192.0.2.7"), ("Authorization", $"Bearer {Planted}"), (RequestId.Field, "abc-1"));

        var told = await world.Receiver.NextAsync();
        Assert.True(told.IsSignedBy(CallbackReceiver.Secret));
        Assert.False(told.IsSignedBy(CallbackReceiver.OtherSecret));
        Assert.Equal("application/cloudevents+json", told.Headers["Content-Type"]);
        Assert.Equal($"/hook?token={Planted}", told.Path);

        // The required attributes of CloudEvents 1.0 §3.1, and the optional ones that are used.
        Assert.Equal(
            ["data", "datacontenttype", "id", "source", "specversion", "subject", "time", "type"],
            told.Json.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            ("1.0", told.Id, "/clamproxy/here", "io.clamproxy.file.refused", "application/json"),
            (Text(told.Json, "specversion"), Text(told.Json, "id"), Text(told.Json, "source"), Text(told.Json, "type"),
                Text(told.Json, "datacontenttype")));
        var sha256 = Recalls.Hash(ForgettingWorld.Content);
        Assert.Equal(sha256, Text(told.Json, "subject"));
        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange(told.Json.GetProperty("time").GetDateTimeOffset(), now.AddMinutes(-1), now);
        Assert.Equal(
            ("infected", "Evil-1", sha256, $"{world.World.Origin.Url}/evil", "proxy", "192.0.2.7", "abc-1"),
            (Text(told.Data, "verdict"), Text(told.Data, "signature"), Text(told.Data, "sha256"), Text(told.Data, "url"),
                Text(told.Data, "door"), Text(told.Data, "client"), Text(told.Data, "requestId")));
        Assert.DoesNotContain(Planted, Encoding.UTF8.GetString(told.Body), StringComparison.Ordinal);
        var readiness = await world.World.Management.GetStringAsync(new Uri("/readyz", UriKind.Relative));
        Assert.DoesNotContain("whsec_", readiness, StringComparison.Ordinal);
        Assert.Contains("abc-1", reply[RequestId.Field], StringComparison.Ordinal);
    }

    [Fact]
    public async Task BlockedAndUnscannableFiles_AreToldWithTheirReasons()
    {
        var blocks = _folder.File("blocks.json");
        await File.WriteAllTextAsync(blocks, "[]");
        await using var world = await EventWorld.StartAsync($"--BLOCKS_FILE={blocks}");
        await File.WriteAllTextAsync(blocks, $$"""[{ "target": "{{world.World.Origin.Url}}/blocked", "reason": "not here" }]""");
        world.World.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Heuristics.Encrypted.Zip FOUND\0");

        await world.RefuseAsync("/blocked");
        await world.RefuseAsync("/encrypted");

        var blocked = (await world.Receiver.NextAsync()).Data;
        Assert.Equal(("unscannable", "blocked", "not here"), (Text(blocked, "verdict"), Text(blocked, "reason"), Text(blocked, "detail")));
        Assert.Equal("encrypted", Text((await world.Receiver.NextAsync()).Data, "reason"));
    }

    [Fact]
    public async Task CleanFile_IsNotTold()
    {
        await using var world = await EventWorld.StartAsync();
        await world.RefuseAsync("/first");
        world.World.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: OK\0");
        Assert.Equal(200, (await world.World.GetAsync("/first")).Status);
        world.World.Clamd.OnContent = (connection, _) => connection.ReplyAsync(EventWorld.Found);
        await world.RefuseAsync("/second");

        Assert.EndsWith("/first", Text((await world.Receiver.NextAsync()).Data, "url"), StringComparison.Ordinal);
        Assert.EndsWith("/second", Text((await world.Receiver.NextAsync()).Data, "url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReceiverFails_TheSameEventIsSentAgainBeforeAnyOther()
    {
        await using var world = await EventWorld.StartAsync($"--DATA_PATH={_folder.File("data")}");
        world.Receiver.AnswerWith(500);

        await world.RefuseAsync("/1");
        var first = await world.Receiver.NextAsync();
        await world.RefuseAsync("/2");
        await world.RefuseAsync("/3");
        var second = await world.Receiver.NextAsync();
        var readiness = await world.ReadinessAsync(target => target.GetProperty("waiting").GetInt32() == 3);
        world.Receiver.Answer = _ => Task.CompletedTask;

        Assert.Equal((first.Id, "siem"), (second.Id, Text(readiness, "target")));
        Assert.Equal(first.Body, second.Body);
        Assert.Equal("The receiver answered 500.", Text(readiness, "problem"));
        Assert.Equal(["/1", "/2", "/3"], await PathsAsync(world.Receiver, 3));
        await world.ReadinessAsync(target =>
            target.GetProperty("waiting").GetInt32() == 0 && target.GetProperty("problem").ValueKind == JsonValueKind.Null);
        Assert.Equal(3, await world.World.MetricAsync("clamproxy_events_queued_total"));
        Assert.Equal(0, await world.World.MetricAsync("clamproxy_events_waiting"));
        Assert.Equal(0, await world.World.MetricAsync("clamproxy_events_dropped_total"));
    }

    [Fact]
    public async Task ReceiverThatNeverAnswers_DelaysNoRefusal()
    {
        await using var world = await EventWorld.StartAsync();
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Receiver.Answer = _ => hangs.Task;

        for (var number = 0; number < 20; number++)
        {
            await world.RefuseAsync($"/{number}");
        }

        var first = await world.Receiver.NextAsync();
        Assert.Equal(1, world.Receiver.Count);
        hangs.SetResult();
        Assert.EndsWith("/0", Text(first.Data, "url"), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 19).Select(number => $"/{number}"), await PathsAsync(world.Receiver, 19));
    }

    [Fact]
    public async Task Restart_WhatWaitedIsDelivered()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        receiver.AnswerWith(503);
        string[] settings = [.. EventWorld.Settings(receiver), $"--DATA_PATH={_folder.File("data")}"];
        string id;
        await using (var world = await ProxyWorld.StartAsync(settings))
        {
            world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(EventWorld.Found);
            world.Origin.On("/evil", ForgettingWorld.Content);
            Assert.Equal(409, (await world.GetAsync("/evil")).Status);
            id = (await receiver.NextAsync()).Id;
        }

        receiver.Answer = _ => Task.CompletedTask;
        await using var restarted = await ProxyWorld.StartAsync(settings);

        await restarted.WaitForMetricAsync("clamproxy_events_delay_seconds_count", 1);
        var last = await receiver.NextAsync();
        Assert.Equal(id, last.Id);
        Assert.True(last.IsSignedBy(CallbackReceiver.Secret));
    }

    [Fact]
    public async Task Flood_IsBoundedAndCounted()
    {
        await using var world = await EventWorld.StartAsync("--ClamProxy:EventWebhooks:MaxWaiting=3");
        world.Receiver.AnswerWith(500);

        for (var number = 0; number < 10; number++)
        {
            await world.RefuseAsync($"/{number}");
        }

        await world.World.WaitForMetricAsync("clamproxy_events_queued_total", 10);
        await world.ReadinessAsync(target => target.GetProperty("waiting").GetInt32() == 3);
        Assert.Equal(7, await world.World.MetricAsync("clamproxy_events_dropped_total"));
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        await using var elsewhere = await CallbackReceiver.StartAsync();
        await using var world = await EventWorld.StartAsync();
        world.Receiver.Answer = context =>
        {
            context.Response.Redirect(elsewhere.Url);
            return Task.CompletedTask;
        };

        await world.RefuseAsync("/evil");

        Assert.Contains("redirects (answer 302)", Text(await ProblemAsync(world), "problem"), StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Count);
    }

    [Fact]
    public async Task TargetOnAPrivateAddress_IsNotConnectedToUnlessItIsListed()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await EventWorld.StartAsync(
            $"--EVENT_WEBHOOKS=siem={receiver.Url.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal)}");

        await world.RefuseAsync("/evil");

        Assert.Contains("EVENT_TARGETS", Text(await ProblemAsync(world), "problem"), StringComparison.Ordinal);
        Assert.Equal(0, receiver.Count);
    }

    [Fact]
    public async Task ReceiverRefusesTheEvent_ItIsGivenUpAndTheNextOneIsSent()
    {
        await using var world = await EventWorld.StartAsync("--ClamProxy:EventWebhooks:RejectedAttempts=2");
        world.Receiver.AnswerWith(400);
        await world.RefuseAsync("/1");
        await world.Receiver.NextAsync();
        await world.Receiver.NextAsync();
        await world.World.WaitForMetricAsync("clamproxy_events_dropped_total", 1);
        world.Receiver.Answer = _ => Task.CompletedTask;

        await world.RefuseAsync("/2");

        Assert.EndsWith("/2", Text((await world.Receiver.NextAsync()).Data, "url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_NameNoSecretAndNoQuery()
    {
        await using var world = await EventWorld.StartAsync("--LOG_LEVEL=Debug");
        using var log = EntryList.Of(world.World);
        world.Receiver.AnswerWith(500);
        await world.RefuseAsync($"/evil?token={Planted}");
        Assert.Contains("siem (127.0.0.1:", (await log.OfAsync(9201)).Message, StringComparison.Ordinal);
        world.Receiver.Answer = _ => Task.CompletedTask;
        await log.OfAsync(9203);

        Assert.DoesNotContain(log.All, entry => entry.Message.Contains(Planted, StringComparison.Ordinal)
            || entry.Message.Contains("whsec_", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("EVENT_WEBHOOKS", "--EVENT_WEBHOOKS=https://siem.example.org/?token=planted-secret")]
    [InlineData("EVENT_WEBHOOKS", "--EVENT_WEBHOOKS=siem=http://siem.example.org/?token=planted-secret", Signed)]
    [InlineData("EVENT_SECRETS", "--EVENT_WEBHOOKS=siem=https://siem.example.org/", "--EVENT_SECRETS=planted-secret")]
    [InlineData("Secrets", OneTarget)]
    [InlineData("Secrets", OneTarget, "--ClamProxy:EventWebhooks:Targets:siem:Secrets=planted-secret")]
    [InlineData("Kinds", OneTarget, Signed, "--ClamProxy:EventWebhooks:Targets:siem:Kinds=test")]
    [InlineData("EVENT_TARGETS", "--EVENT_TARGETS=:::")]
    public void WrongSetting_StopsTheStartAndIsNotShown(string named, params string[] settings)
    {
        var (_, problems) = ProxyApplication.Build(settings);

        var text = string.Join('\n', problems);
        Assert.Contains(named, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Planted, text, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ProblemAsync(EventWorld world) =>
        await world.ReadinessAsync(target => target.GetProperty("problem").ValueKind == JsonValueKind.String);

    /// <summary>The paths of the next refusals, repetitions left out.</summary>
    private static async Task<IReadOnlyList<string>> PathsAsync(CallbackReceiver receiver, int count)
    {
        var paths = new List<string>();
        while (paths.Count < count)
        {
            var path = new UriBuilder(Text((await receiver.NextAsync()).Data, "url")).Path;
            if (paths.Count == 0 || paths[^1] != path)
            {
                paths.Add(path);
            }
        }

        return paths;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).ToString();
}
