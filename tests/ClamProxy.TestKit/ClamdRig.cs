using ClamProxy.Core.Clamd;
using ClamProxy.Core.Names;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.TestKit;

/// <summary>A <see cref="ClamdPool"/> with its monitor at work, as the host wires it.</summary>
public sealed class ClamdRig : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly BackgroundService _monitor;

    private ClamdRig(ClamdOptions options, TimeProvider time, ScannerResolver? resolver)
    {
        var services = new ServiceCollection();
        if (resolver is not null)
        {
            services.AddSingleton(resolver);
        }

        _services = services
            .AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Debug))
            .AddMetrics()
            .AddSingleton(time)
            .AddNames(new NameOptions { Threads = 1 })
            .AddClamd(options)
            .BuildServiceProvider();
        Pool = _services.GetRequiredService<ClamdPool>();
        _monitor = _services.GetServices<IHostedService>().OfType<BackgroundService>().Single();
    }

    public ClamdPool Pool { get; }

    public IServiceProvider Services => _services;

    public FakeLoggerProvider Log { get; } = new();

    /// <summary>Starts it and waits for the first probe of every scanner.</summary>
    public static async Task<ClamdRig> StartAsync(ClamdOptions options, TimeProvider? time = null, ScannerResolver? resolver = null)
    {
        var rig = Start(options, time, resolver);
        // A monitor that fails would never probe: its exception is the test's.
        await (await Task.WhenAny(rig.Pool.WaitForFirstProbeAsync(CancellationToken.None), rig._monitor.ExecuteTask!));
        return rig;
    }

    /// <summary>Starts it without waiting.</summary>
    public static ClamdRig Start(ClamdOptions options, TimeProvider? time = null, ScannerResolver? resolver = null)
    {
        var rig = new ClamdRig(options, time ?? TimeProvider.System, resolver);
        _ = rig._monitor.StartAsync(CancellationToken.None);
        return rig;
    }

    /// <summary>
    /// Fast options for tests: probes and rests of milliseconds. A busy machine must not look like a scanner that is silent, so that only
    /// tests of silence have short time-outs.
    /// </summary>
    public static ClamdOptions Quick(params string[] hosts) => new()
    {
        Hosts = hosts,
        ProbeInterval = TimeSpan.FromMilliseconds(50),
        RestTime = TimeSpan.FromMilliseconds(20),
        RestTimeMax = TimeSpan.FromMilliseconds(100),
        DownAfter = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromMinutes(1),
        ResolveInterval = TimeSpan.FromMilliseconds(100),
        ReadySessions = 1,
    };

    /// <summary>A content in memory.</summary>
    public static ScanSource Content(byte[] content) => new(content.Length, null, () => new MemoryStream(content, writable: false));

    public Task<ScanReport> ScanAsync(byte[] content, CancellationToken cancellationToken = default) =>
        Pool.ScanAsync(Content(content), cancellationToken);

    /// <summary>Waits until the scanners are in a state, such as down.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<ScannerState>, bool> isSo, CancellationToken cancellationToken = default)
    {
        while (!isSo(Pool.Scanners))
        {
            await Task.Delay(5, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _monitor.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}
