using System.Text.Json;
using ClamProxy.Commands;
using ClamProxy.TestKit;
using ClamProxy.Tests.Events;

namespace ClamProxy.Tests.Admin;

/// <summary>Whether events arrive, as an operator asks.</summary>
public sealed class EventTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Test_ArrivesAtItsTargetAlone(bool isInMemory)
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await AdminWorld.StartAsync(
            _folder,
            [
                .. EventWorld.Settings(receiver), "--ClamProxy:EventWebhooks:Targets:other:Url=https://other.example.org/",
                .. isInMemory ? ["--DATA_PATH="] : Array.Empty<string>(),
            ]);

        var run = await world.RunAsync("events", "test", "siem");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var told = await receiver.NextAsync();
        Assert.True(told.IsSignedBy(CallbackReceiver.Secret));
        Assert.Equal(
            ("io.clamproxy.test", "siem"),
            (told.Json.GetProperty("type").GetString(), told.Data.GetProperty("target").GetString()));
        Assert.Equal(["other", "siem"], (await ListAsync(world)).Keys.Order(StringComparer.Ordinal));

        // It waits until its receiver's answer was seen.
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await ListAsync(world)).Values.Any(waiting => waiting > 0))
        {
            await Task.Delay(10, late.Token);
        }
    }

    [Fact]
    public async Task UnknownTarget_IsSaidWithThoseThatThereAre()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await AdminWorld.StartAsync(_folder, EventWorld.Settings(receiver));

        var run = await world.RunAsync("events", "test", "nobody");

        Assert.Equal(CommandExit.Failed, run.ExitCode);
        Assert.StartsWith("404: There is no such target. There are: siem.", run.Error, StringComparison.Ordinal);
        Assert.Equal(400, (await world.PostAsync("/events/test", "{}")).Status);
    }

    [Fact]
    public async Task NoTargets_AreAnEmptyList()
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        Assert.Empty(AdminWorld.Json(await world.GetAsync("/events")).GetProperty("targets").EnumerateArray());
        Assert.Contains("EVENT_WEBHOOKS", (await world.RunAsync("events", "test", "siem")).Error, StringComparison.Ordinal);
    }

    /// <summary>How many events wait for each target.</summary>
    private static async Task<Dictionary<string, int>> ListAsync(AdminWorld world) =>
        JsonSerializer.Deserialize<JsonElement>((await world.RunAsync("events", "list", "--json")).Output)
            .GetProperty("targets").EnumerateArray().ToDictionary(
                target => target.GetProperty("target").GetString()!, target => target.GetProperty("waiting").GetInt32());
}
