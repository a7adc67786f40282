using ClamProxy.TestKit;
using ClamProxy.Warming;

namespace ClamProxy.Tests.Warming;

/// <summary>Runs <c>clamproxy warm</c> in this process against the real host.</summary>
internal sealed class WarmingWorld : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private WarmingWorld(ProxyWorld proxy) => Proxy = proxy;

    public ProxyWorld Proxy { get; }

    public FakeOrigin Origin => Proxy.Origin;

    public StringWriter Output { get; } = new();

    public StringWriter Progress { get; } = new();

    /// <summary>With routes for pypi, its files, npm and nuget, which all lead to the one upstream.</summary>
    public static async Task<WarmingWorld> StartAsync(FakeOrigin? upstream = null)
    {
        // A route's upstream has to be known before the host starts, and the world's own is not: this one stands for all.
        var origin = upstream ?? await FakeOrigin.StartAsync();
        string[] routes = ["pypi", "pypi-files", "npm", "nuget"];
        return new(await ProxyWorld.StartAsync([.. routes.SelectMany(route => new[]
        {
            $"--ClamProxy:Routes:{route}:Path=/{route}", $"--ClamProxy:Routes:{route}:Upstream={origin.Url}",
            $"--ClamProxy:Routes:{route}:CacheScan={route != "pypi"}",
        })]));
    }

    public async Task<int> WarmAsync(
        string list, string? via = null, TimeSpan? timeout = null, bool isTerminal = false, CancellationToken cancellationToken = default)
    {
        await File.WriteAllTextAsync(_folder.File("list"), list, CancellationToken.None);
        var arguments = new WarmArguments(
            _folder.File("list"), ProxyBase.Parse(via ?? Proxy.Addresses[0])!, 4, timeout ?? TimeSpan.FromSeconds(30));
        return await new WarmRun(Output, Progress, isTerminal, TimeProvider.System).RunAsync(arguments, cancellationToken);
    }

    /// <returns>The cells of the summary's row for a file.</returns>
    public string[] Row(string name) =>
        Output.ToString().Split('\n').Single(line => line.StartsWith(name + "  ", StringComparison.Ordinal)).Split(
            "  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        _folder.Dispose();
        await Output.DisposeAsync();
        await Progress.DisposeAsync();
    }
}
