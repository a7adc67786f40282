using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Forgetting;

/// <summary>BLOCKS_FILE counts at once, also for what is stored and under way.</summary>
public sealed class BlockTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sha256")]
    [InlineData("target")]
    [InlineData("package")]
    public async Task StoredFile_IsRefusedAtOnceAndServedAgainWithoutTheBlock(string what)
    {
        await using var world = await StartAsync();

        Write(Entry(world, what));
        var refused = await world.GetAsync();
        using var head = world.World.Request(ForgettingWorld.File, cacheScan: true, HttpMethod.Head);

        Assert.Equal((409, "Blocked by the operator"), (refused.Status, refused.Reason));
        Assert.Equal("urn:clamproxy:problem:blocked", refused.Problem("type"));
        Assert.Contains("CVE-1", refused.Problem("detail"), StringComparison.Ordinal);
        Assert.Equal(409, (await world.World.SendAsync(head)).Status);
        Write("");
        Assert.Equal(200, (await world.GetAsync()).Status);
        Assert.Single(world.World.Origin.Requests);
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("package")]
    public async Task FileThatIsBeingScanned_IsRefused(string what)
    {
        await using var world = await StartAsync();
        var (scanning, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.World.Clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await goOn.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        var waiting = world.World.GetAsync(ForgettingWorld.File);
        await scanning.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Write(Entry(world, what));
        goOn.SetResult();

        Assert.Equal((409, "Blocked by the operator"), ((await waiting).Status, (await waiting).Reason));
    }

    [Fact]
    public async Task BlockedUrl_IsNotAskedForUpstream()
    {
        await using var world = await StartAsync();
        Write(Entry(world, "target"));

        Assert.Equal(409, (await world.World.GetAsync(ForgettingWorld.File)).Status);

        Assert.Single(world.World.Origin.Requests);
    }

    [Fact]
    public async Task Exception_DoesNotReleaseWhatIsBlocked()
    {
        var exceptions = _folder.File("exceptions.json");
        await File.WriteAllTextAsync(
            exceptions,
            $$"""[ { "sha256": "{{Sha256}}", "owner": "o", "reason": "r", "expires": "2099-01-01T00:00:00Z" } ]""",
            TestContext.Current.CancellationToken);
        await using var world = await StartAsync($"--EXCEPTIONS_FILE={exceptions}");

        Write(Entry(world, "sha256"));

        Assert.Equal(409, (await world.GetAsync()).Status);
    }

    private static string Sha256 => Convert.ToHexStringLower(SHA256.HashData(ForgettingWorld.Content));

    private Task<ForgettingWorld> StartAsync(params string[] settings)
    {
        Write("");
        return ForgettingWorld.StartAsync(_folder, [$"--BLOCKS_FILE={_folder.File("blocks.json")}", .. settings]);
    }

    private void Write(string entry) => File.WriteAllText(_folder.File("blocks.json"), $"[ {entry} ]");

    private static string Entry(ForgettingWorld world, string what) => what switch
    {
        "sha256" => $$"""{ "sha256": "{{Sha256}}", "reason": "CVE-1" }""",
        "target" => $$"""{ "target": "{{world.World.Origin.Url}}/packages/*.gz", "reason": "CVE-1" }""",
        _ => """{ "package": "Evil", "version": "1.2.3", "reason": "CVE-1" }""",
    };
}
