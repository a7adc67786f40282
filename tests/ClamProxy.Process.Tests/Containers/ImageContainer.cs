using System.Globalization;

namespace ClamProxy.Process.Tests.Containers;

/// <summary>
/// The image as a container: read-only, without rights, as its own user, with clamd in a container beside it (deploy/sidecar-compose.yml).
/// </summary>
internal sealed class ImageContainer : IAsyncDisposable
{
    private readonly ContainerWorld _world;
    private readonly string _number = Guid.NewGuid().ToString("N")[..8];

    private ImageContainer(ContainerWorld world) => _world = world;

    public string Name => $"clamproxy-{_number}";

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private string Clamd => $"clamd-{_number}";

    /// <summary>Starts both and waits until ClamProxy's health check passes and a scanner is ready.</summary>
    public static async Task<ImageContainer> StartAsync(ContainerWorld world, string image, bool hasStore = true)
    {
        ContainerWorld.SkipUnlessBuilt(image);
        var container = new ImageContainer(world);
        try
        {
            await container.RunClamdAsync();
            await container.RunAsync(image, hasStore ? ["--volume", $"store-{container._number}:/var/lib/clamproxy"] : []);
            await world.WaitUntilHealthyAsync(container.Name);
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    public Task<string> ExecAsync(string command) => _world.Engine.PodmanAsync("exec", Name, "bash", "-c", command);

    public Task<string> LogAsync() => _world.Engine.PodmanAsync("logs", Name);

    public async Task<HttpResponseMessage> GetAsync(string path, string downloadFrom)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Download-From", downloadFrom);
        request.Headers.Add("Cache-Scan", "True");
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _world.Engine.PodmanAsync("rm", "--force", "--ignore", "--volumes", "--time", "0", Name, Clamd);
    }

    /// <summary>clamd with the repository's conf, whose socket is in /tmp.</summary>
    private async Task RunClamdAsync()
    {
        await _world.Engine.PodmanAsync(
            "run", "--detach", "--pull", "never", "--name", Clamd, "--network", "none", "--health-cmd", "clamdcheck.sh",
            "--volume", $"{TestKit.Repository.File("clamav/clamd.conf")}:/etc/clamav/clamd.conf:ro", "--volume", $"socket-{_number}:/tmp",
            "localhost/clamav/clamav:1.4");
        await _world.WaitUntilHealthyAsync(Clamd);
    }

    private async Task RunAsync(string image, string[] volumes)
    {
        var engine = _world.Engine;
        await engine.PodmanAsync(
        [
            "run", "--detach", "--pull", "never", "--name", Name, "--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp",
            "--cap-drop", "all", "--security-opt", "no-new-privileges", "--memory", "1g", "--pids-limit", "512", "--publish", "8080",
            "--volume", $"socket-{_number}:/run/clamd:ro", .. volumes,
            "--env", "CLAMD_HOSTS=unix:///run/clamd/clamd.sock", "--env", $"ALLOWED_UPSTREAMS={engine.Gateway}/32", image,
        ]);
        var published = (await engine.PodmanAsync("port", Name, "8080")).Trim();
        var port = int.Parse(published.Split(':')[^1], CultureInfo.InvariantCulture);
        Client.BaseAddress = new UriBuilder("http", engine.Address.ToString(), port).Uri;
    }
}
