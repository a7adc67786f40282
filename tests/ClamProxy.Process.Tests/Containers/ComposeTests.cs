using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Containers;

/// <summary>docker-compose.yml, started by docker-compose with stand-ins for the images it names.</summary>
[Collection<ContainerTurns>]
[Trait("Needs", "containers")]
public sealed class ComposeTests(ContainerWorld world)
{
    private const int ExamplePort = 8002;

    [Fact]
    public async Task Compose_StartsInOrderAndDownloadsThroughNginxAreScanned()
    {
        await using var origin = await FakeOrigin.StartAsync(at: world.Engine.Gateway);
        var body = RandomBody.Of(200_000);
        origin.On("/clean", body).On("/infected", Eicar.Bytes);
        await using var compose = await ComposeProject.StartAsync(world, new Dictionary<string, string>
        {
            ["EXAMPLE_DOWNLOAD_FROM"] = origin.Url,
            ["EXAMPLE_CACHE_SCAN"] = "True",
            ["ALLOWED_UPSTREAMS"] = $"{world.Engine.Gateway}/32",
        });
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        client.BaseAddress = new UriBuilder("http", $"{world.Engine.Address}", ExamplePort).Uri;

        Assert.Equal(body, await client.GetByteArrayAsync("/clean", TestContext.Current.CancellationToken));
        using var stored = await client.GetAsync("/clean", TestContext.Current.CancellationToken);
        using var infected = await client.GetAsync("/infected", TestContext.Current.CancellationToken);

        Assert.Equal(body, await stored.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("ClamProxy; hit; detail=store", stored.Headers.GetValues("Cache-Status").Single());
        Assert.Equal(HttpStatusCode.Conflict, infected.StatusCode);
        Assert.Single(origin.Requests, request => request.Target == "/clean");
        // Verdicts are in Redis, and nginx sends what is stored from the volume.
        Assert.NotEqual("0", (await compose.ExecAsync("redis", "redis-cli", "dbsize")).Trim());
        Assert.DoesNotContain("failed", await compose.LogAsync("nginx"), StringComparison.Ordinal);
        await AssertStoppedInTimeAsync(compose);
    }

    private static async Task AssertStoppedInTimeAsync(ComposeProject compose)
    {
        await compose.StopAsync("clamproxy");
        Assert.Equal("0", await compose.InspectAsync("clamproxy", "{{.State.ExitCode}}"));
    }
}
