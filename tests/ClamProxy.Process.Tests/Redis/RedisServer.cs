using ClamProxy.TestKit;
using Testcontainers.Redis;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>
/// One Redis that all tests of a class share: a container where a container engine answers, else Debian's redis-server. Tests that stop it,
/// freeze it or take its descriptors away need the process: <see cref="RedisFixture"/>.
/// </summary>
public sealed class RedisServer : IAsyncLifetime
{
    // Made of this machine's Debian packages: the engine pulls nothing.
    private const string Image = "localhost/redis:7";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private ContainerEngine? _engine;
    private RedisContainer? _container;

    public RedisProcess Servers { get; private set; } = null!;

    /// <summary>Which of the two it is, and why, for the test's output.</summary>
    public string Kind { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var whyNot = await ContainerEngine.WhyNotAsync();
        if (whyNot.Length > 0)
        {
            (Servers, Kind) = (await RedisProcess.StartAsync(), $"Debian's redis-server, since no container can be run: {whyNot}");
            return;
        }

        try
        {
            await StartContainerAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Servers is not null)
        {
            await Servers.DisposeAsync();
        }

        if (_container is not null)
        {
            await _container.DisposeAsync();
        }

        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
    }

    private async Task StartContainerAsync()
    {
        _engine = await ContainerEngine.StartAsync();
        await _engine.AddStandInAsync("redis", Image);

        // The engine's end is the end of its containers: nothing has to watch over them.
        _container = new RedisBuilder(Image).WithDockerEndpoint(_engine.Endpoint).WithCleanUp(false).Build();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(StartLimit);
        await _container.StartAsync(limit.Token);
        Servers = RedisProcess.Running(_container.GetMappedPublicPort(RedisBuilder.RedisPort), password: null, _engine.Address);
        Kind = $"a container of {Image} at {Servers.Url}";
    }
}
