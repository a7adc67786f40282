using System.Net;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Forgetting;

/// <summary>A host with a stored file, and a scanner whose signatures change without a number.</summary>
internal sealed class ForgettingWorld : IAsyncDisposable
{
    public const string File = "/packages/evil-1.2.3.tar.gz";

    private const string Found = "stream: Local.Evil.UNOFFICIAL FOUND\0";

    private ForgettingWorld(ProxyWorld world) => World = world;

    public ProxyWorld World { get; }

    public static byte[] Content { get; } = RandomBody.Of(20_000);

    public static async Task<ForgettingWorld> StartAsync(TempFolder folder, params string[] settings)
    {
        var world = new ForgettingWorld(await ProxyWorld.StartAsync(
        [
            $"--STORE_PATH={folder.File("store")}", "--ClamProxy:Gate:SignatureInterval=100ms", "--ClamProxy:Gate:RescanInterval=0",
            "--ClamProxy:Verdicts:CutoffInterval=100ms", .. settings,
        ]));
        world.World.Origin.On(File, Content);
        Assert.Equal(200, (await world.GetAsync()).Status);
        Assert.Equal(200, (await world.GetAsync()).Status);
        Assert.Single(world.World.Origin.Requests);
        Assert.Single(world.World.Clamd.Contents);
        return world;
    }

    public Task<Reply> GetAsync() => World.GetAsync(File, cacheScan: true);


    /// <summary>The scanner finds the file from now on, and says nothing of it.</summary>
    public void FindFile() => World.Clamd.OnContent = (connection, _) => connection.ReplyAsync(Found);

    public async Task<Reply> PostAsync(string path, string json, string type = "application/json")
    {
        using var content = new StringContent(json, Encoding.UTF8, type);
        using var answer = await World.Management.PostAsync(new Uri(path, UriKind.Relative), content);
        return await Reply.ReadAsync(answer);
    }

    /// <summary>Asks until the stored file is refused.</summary>
    public async Task IsRefusedAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await GetAsync()) is { Status: not (int)HttpStatusCode.Conflict })
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
