using System.Diagnostics;
using System.Net;
using System.Text.Json;
using ClamProxy.Stopping;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Containers;

/// <summary>The images that Dockerfile and Dockerfile.sidecar build, on stand-in bases, as containers.</summary>
[Collection<ContainerTurns>]
[Trait("Needs", "containers")]
public sealed class ImageTests(ContainerWorld world)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(ContainerWorld.Image, "ClamProxy", "dotnet", "clamproxy.dll")]
    [InlineData(ContainerWorld.SidecarImage, "ClamProxy, machine code", "./clamproxy")]
    public async Task Image_HasItsOwnUserHealthCheckAndLabels(string image, string title, params string[] entrypoint)
    {
        ContainerWorld.SkipUnlessBuilt(image);
        using var inspected = JsonDocument.Parse(await world.Engine.PodmanAsync("image", "inspect", image));
        var config = inspected.RootElement[0].GetProperty("Config");
        Assert.Equal("1654", config.GetProperty("User").GetString());
        Assert.Equal(["8080/tcp", "8081/tcp"], config.GetProperty("ExposedPorts").EnumerateObject().Select(port => port.Name).Order());
        Assert.Equal(entrypoint, config.GetProperty("Entrypoint").EnumerateArray().Select(word => word.GetString()));
        Assert.False(config.TryGetProperty("Volumes", out _));
        Assert.Equal(title, config.GetProperty("Labels").GetProperty("org.opencontainers.image.title").GetString());
        Assert.Equal("CMD", inspected.RootElement[0].GetProperty("Healthcheck").GetProperty("Test")[0].GetString());
    }

    [Theory]
    [InlineData(ContainerWorld.Image)]
    [InlineData(ContainerWorld.SidecarImage)]
    public async Task Container_RunsWithoutRightsOnAReadOnlyRoot(string image)
    {
        await using var container = await ImageContainer.StartAsync(world, image);

        var lines = (await container.ExecAsync("cat /proc/1/status")).Split('\n').Select(line => line.Split('\t'));
        var status = lines.ToLookup(words => words[0], words => words[1..]);

        Assert.Equal(["1654", "1654", "1654", "1654"], status["Uid:"].Single());
        Assert.All(
            ["CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"],
            name => Assert.Equal([new string('0', 16)], status[name].Single()));
        Assert.Equal(["1"], status["NoNewPrivs:"].Single());
        Assert.Equal("refused\n", await container.ExecAsync("touch /app/file 2>/dev/null || echo refused"));
    }

    [Theory]
    [InlineData(ContainerWorld.Image)]
    [InlineData(ContainerWorld.SidecarImage)]
    public async Task CleanFile_IsScannedAndThenComesFromTheVolume(string image)
    {
        await using var origin = await FakeOrigin.StartAsync(at: world.Engine.Gateway);
        var body = RandomBody.Of(200_000);
        origin.On("/file", body);
        await using var container = await ImageContainer.StartAsync(world, image);

        using var first = await container.GetAsync("/file", origin.Url);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(body, await first.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var again = await container.GetAsync("/file", origin.Url);

        Assert.Equal("ClamProxy; hit; detail=store", again.Headers.GetValues("Cache-Status").Single());
        Assert.Equal(body, await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Single(origin.Requests);
        var count = await container.ExecAsync("shopt -s nullglob; files=(/var/lib/clamproxy/v1/contents/*/*); echo ${#files[@]}");
        Assert.Equal("1\n", count);
    }

    [Theory]
    [InlineData(ContainerWorld.Image)]
    [InlineData(ContainerWorld.SidecarImage)]
    public async Task InfectedFile_IsRefused(string image)
    {
        await using var origin = await FakeOrigin.StartAsync(at: world.Engine.Gateway);
        origin.On("/file", Eicar.Bytes);
        await using var container = await ImageContainer.StartAsync(world, image);

        using var answer = await container.GetAsync("/file", origin.Url);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Eicar-Test-Signature", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ContainerWorld.Image)]
    [InlineData(ContainerWorld.SidecarImage)]
    public async Task WithoutAVolume_FilesAreScannedAndNotStored(string image)
    {
        await using var origin = await FakeOrigin.StartAsync(at: world.Engine.Gateway);
        origin.On("/file", RandomBody.Of(1000));
        await using var container = await ImageContainer.StartAsync(world, image, hasStore: false);

        using var answer = await container.GetAsync("/file", origin.Url);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("NO STORE", await container.LogAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ContainerWorld.Image)]
    [InlineData(ContainerWorld.SidecarImage)]
    public async Task SigTerm_LetsADownloadFinishAndEndsWithinItsTime(string image)
    {
        var asked = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using var origin = await FakeOrigin.StartAsync(at: world.Engine.Gateway);
        origin.On("/file", async context =>
        {
            asked.SetResult();
            await goOn.Task.WaitAsync(EndLimit);
            await FakeOrigin.SendAsync(context, RandomBody.Of(1000));
        });
        await using var container = await ImageContainer.StartAsync(world, image);
        var download = container.GetAsync("/file", origin.Url);
        await asked.Task.WaitAsync(EndLimit, TestContext.Current.CancellationToken);

        await world.Engine.PodmanAsync("kill", "--signal", "TERM", container.Name);
        var stopping = Stopwatch.StartNew();
        goOn.SetResult();
        using var answer = await download;
        var code = await world.Engine.PodmanAsync("wait", container.Name);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("0", code.Trim());
        Assert.InRange(stopping.Elapsed, TimeSpan.Zero, new StopOptions().Within + StopOptions.Grace);
    }
}
