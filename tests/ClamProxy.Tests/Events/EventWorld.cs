using System.Text.Json;
using ClamProxy.TestKit;
using ClamProxy.Tests.Forgetting;

namespace ClamProxy.Tests.Events;

/// <summary>A host that tells one receiver of events, with a stored file that its scanner may find something in.</summary>
internal sealed class EventWorld : IAsyncDisposable
{
    public const string Found = "stream: Evil-1 FOUND\0";

    private EventWorld(ProxyWorld world, CallbackReceiver receiver) => (World, Receiver) = (world, receiver);

    public ProxyWorld World { get; }

    public CallbackReceiver Receiver { get; }

    public static string[] Settings(CallbackReceiver receiver) =>
    [
        $"--EVENT_WEBHOOKS=siem={receiver.Url}?token=planted-secret", $"--EVENT_SECRETS={CallbackReceiver.Secret}",
        "--EVENT_TARGETS=127.0.0.1", "--EVENT_SOURCE=/clamproxy/here", "--ClamProxy:EventWebhooks:Pauses=10ms",
    ];

    public static async Task<EventWorld> StartAsync(params string[] settings)
    {
        var receiver = await CallbackReceiver.StartAsync();
        var world = await ProxyWorld.StartAsync([.. Settings(receiver), .. settings]);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(Found);
        return new(world, receiver);
    }

    /// <summary>Asks for a file that is refused.</summary>
    public async Task<Reply> RefuseAsync(string path, params (string Name, string Value)[] headers)
    {
        World.Origin.On(path.Split('?')[0], ForgettingWorld.Content);
        var reply = await World.GetAsync(path, false, headers);
        Assert.Equal(409, reply.Status);
        return reply;
    }

    /// <summary>What /readyz says of the receiver, once that is so.</summary>
    public async Task<JsonElement> ReadinessAsync(Func<JsonElement, bool> holds)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var answer = await World.Management.GetAsync(new Uri("/readyz", UriKind.Relative));
            Assert.Equal(200, (int)answer.StatusCode);
            var report = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
            if (report.TryGetProperty("events", out var targets) && targets.GetArrayLength() == 1 && holds(targets[0]))
            {
                return targets[0];
            }

            await Task.Delay(10, late.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
