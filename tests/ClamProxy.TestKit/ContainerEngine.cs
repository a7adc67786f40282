using System.Net;

namespace ClamProxy.TestKit;

/// <summary>
/// A container engine of a test's own: podman with Docker's API, in namespaces of its own (tests/containers/engine.sh). All it stores is in
/// a temp folder; its end is the end of its containers, networks and mounts.
/// <para>Testcontainers uses it with <c>DOCKER_HOST</c> = <see cref="Endpoint"/>, <c>TESTCONTAINERS_HOST_OVERRIDE</c> =
/// <see cref="Address"/> and <c>TESTCONTAINERS_RYUK_DISABLED</c> = <c>true</c>. It pulls nothing: images are those of
/// <see cref="AddStandInAsync"/>.</para>
/// </summary>
public sealed class ContainerEngine : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private static readonly Lazy<Task<string>> Probed = new(ProbeAsync);

    private readonly TempFolder _folder = new();
    private readonly ServerProcess _process;

    private ContainerEngine() => _process = ServerProcess.Start(Script("engine.sh"), ["serve", _folder.Path]);

    /// <summary>Its socket, with Docker's API: what <c>DOCKER_HOST</c> takes.</summary>
    public string Endpoint => $"unix://{_folder.File("podman.sock")}";

    /// <summary>Where this machine reaches the ports that containers publish.</summary>
    public IPAddress Address => IPAddress.Parse(File.ReadAllText(_folder.File("address")).Trim());

    /// <summary>Where containers reach this machine.</summary>
    public IPAddress Gateway => IPAddress.Parse(File.ReadAllText(_folder.File("gateway")).Trim());

    private bool IsReady => _process.Output.Contains("ready", StringComparison.Ordinal);

    /// <summary>What of this machine keeps containers from running, or empty where they run. Asked once: it runs a container.</summary>
    public static Task<string> WhyNotAsync() => Probed.Value;

    /// <summary>Starts one and waits until it answers.</summary>
    public static async Task<ContainerEngine> StartAsync()
    {
        var engine = new ContainerEngine();
        try
        {
            await engine._process.WaitUntilAsync(() => Task.FromResult(engine.IsReady), StartLimit);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an image of this machine's own Debian packages that stands in for a public one.</summary>
    /// <param name="kind">As tests/containers/stand-in.sh knows them: aspnet, sdk, nginx, clamav, redis.</param>
    /// <param name="image">The public image's name and tag.</param>
    /// <param name="database">For clamav: the folder of its signatures.</param>
    public Task AddStandInAsync(string kind, string image, string database = "") =>
        RunAsync(Script("stand-in.sh"), [_folder.Path, kind, image, database], CommandLimit);

    /// <summary>Runs a command of podman.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="InvalidOperationException">It failed, or took more than two minutes.</exception>
    public Task<string> PodmanAsync(params string[] arguments) => RunAsync(_folder.File("podman"), arguments, CommandLimit);

    /// <summary>Builds this repository's Dockerfile as it is, with this machine's SDK and NuGet packages, and no network.</summary>
    public Task BuildAsync(string image, TimeSpan limit) => RunAsync(Script("build.sh"), [_folder.Path, image], limit);

    /// <summary>Builds this repository's Dockerfile.sidecar, without compiling.</summary>
    /// <param name="native">The folder that has what it would compile.</param>
    public Task BuildSidecarAsync(string image, string native) => RunAsync(Script("build.sh"), [_folder.Path, image, native], CommandLimit);

    /// <summary>Runs docker-compose with this engine, in the repository's folder.</summary>
    public Task<string> ComposeAsync(IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        RunAsync("docker-compose", arguments, CommandLimit, new Dictionary<string, string>(variables) { ["DOCKER_HOST"] = Endpoint });

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited && File.Exists(_folder.File("podman.sock")))
        {
            await RemoveContainersAsync();
        }

        await _process.KillAsync();
        await WaitForItsEndAsync();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Script(string name) => Repository.File($"tests/containers/{name}");

    private static async Task<string> ProbeAsync() => (await RunAsync(Script("engine.sh"), ["probe"], ProbeLimit)).Trim();

    private static async Task<string> RunAsync(
        string program, string[] arguments, TimeSpan limit, Dictionary<string, string>? environment = null)
    {
        var command = $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
        await using var process = ServerProcess.Start(program, arguments, environment, Repository.Folder);
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{command} takes more than {limit}:\n{process.Log}");
        }

        return process.ExitCode == 0
            ? process.Output
            : throw new InvalidOperationException($"{command} ended with {process.ExitCode}:\n{process.Log}");
    }

    /// <summary>Each takes its control group with it, which the end of the namespaces alone would leave.</summary>
    private async Task RemoveContainersAsync()
    {
        try
        {
            await RunAsync(_folder.File("podman"), ["rm", "--all", "--force", "--time", "0"], EndLimit);
        }
        catch (InvalidOperationException)
        {
            // They end with the namespaces.
        }
    }

    /// <summary>The first process of the namespaces is gone when all others are.</summary>
    private async Task WaitForItsEndAsync()
    {
        if (!File.Exists(_folder.File("pid")))
        {
            return;
        }

        var first = $"/proc/{(await File.ReadAllTextAsync(_folder.File("pid"))).Trim()}";
        using var deadline = new CancellationTokenSource(EndLimit);
        while (Directory.Exists(first))
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
