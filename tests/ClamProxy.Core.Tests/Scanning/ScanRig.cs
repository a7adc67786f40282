using System.Diagnostics;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Names;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Core.Tests.Scanning;

/// <summary>
/// What every door needs of the core, and nothing of the downloader or the gate: contents in, decisions out, with a scanner that a test
/// programs.
/// </summary>
internal sealed class ScanRig : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;
    private readonly TempFolder _spool = new();

    private ScanRig(PolicyOptions policies, ScanningOptions options, IFlightLeases? leases)
    {
        var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Debug))
            .AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(Meters)
            .AddSingleton(TimeProvider.System)
            .AddNames(new NameOptions { Threads = 1 })
            .AddSpool(new SpoolOptions { Path = _spool.Path })
            .AddClamd(ClamdRig.Quick(Clamd.Endpoint))
            .AddArchives(new ArchiveOptions())
            .AddVerdicts(new VerdictOptions())
            .AddLeases(new LeaseOptions())
            .AddPolicies(policies)
            .AddIntake(new IntakeOptions())
            .AddDeliveries(new DeliveryOptions())
            .AddScanning(options);
        if (leases is not null)
        {
            services.AddSingleton(leases);
        }

        _services = services.BuildServiceProvider();
    }

    public FakeClamd Clamd { get; } = FakeClamd.OnTcp();

    public FakeLoggerProvider Log { get; } = new();

    public TestMeters Meters { get; } = new();

    public ContentScanner Scanner => _services.GetRequiredService<ContentScanner>();

    public ContentIntake Intake => _services.GetRequiredService<ContentIntake>();

    public IVerdictStore Verdicts => _services.GetRequiredService<IVerdictStore>();

    public ClamdPool Pool => _services.GetRequiredService<ClamdPool>();

    public string SpoolPath => _spool.Path;

    /// <param name="policies">What passes; null: nothing.</param>
    /// <param name="options">How long another process's scan is waited for.</param>
    /// <param name="leases">What other processes do; null: there are none.</param>
    public static async Task<ScanRig> StartAsync(
        PolicyOptions? policies = null, ScanningOptions? options = null, IFlightLeases? leases = null)
    {
        var rig = new ScanRig(policies ?? new PolicyOptions(), options ?? new ScanningOptions(), leases);
        foreach (var service in rig._services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        await rig.Pool.WaitForFirstProbeAsync(CancellationToken.None).WaitAsync(Limit);
        return rig;
    }

    /// <summary>Has bytes scanned as an upload of nobody in particular, unless the subject says otherwise.</summary>
    public async Task<ScanDecision> ScanAsync(byte[] bytes, ScanSubject? subject = null, CancellationToken cancelled = default)
    {
        subject ??= new ScanSubject("upload");
        var taken = await Intake.TakeAsync(new MemoryStream(bytes), new IntakeTerms(bytes.Length, subject.Clients), cancelled);
        using var file = Assert.IsType<IntakeResult.Taken>(taken).File;
        return await Scanner.ScanAsync(subject, file, cancelled).WaitAsync(Limit, cancelled);
    }

    /// <summary>Waits until something that no event tells of is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        var waited = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(waited.Elapsed < Limit, "it never was so");
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        await Clamd.DisposeAsync();
        Meters.Dispose();
        _spool.Dispose();
    }
}
