using ClamProxy.Core.Admission;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Names;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Store;
using ClamProxy.Core.Unproved;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Core.Tests.Jobs;

/// <summary>
/// Jobs as the host wires them, on SQLite and a folder, with a scanner that a test programs. Another one on the same folder is another
/// process.
/// </summary>
internal sealed class JobRig : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;
    private readonly TempSpool _spool = new();
    private readonly bool _hasWorkers;

    private JobRig(
        string folder, JobOptions options, bool hasWorkers, FakeClamd clamd, CallbackOptions callbacks, TimeProvider? clock)
    {
        (Clamd, _hasWorkers) = (clamd, hasWorkers);
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Information))
            .AddMetrics()
            .AddSingleton(clock ?? Clock)
            .AddSingleton<SystemResolver>(Resolver.Resolve)
            .AddNames(new NameOptions { Threads = 1 })
            .AddDownload(new DownloadOptions { AllowedUpstreams = ["127.0.0.1"], Retries = 0 })
            .AddStore(new StoreOptions())
            .AddUnproved(new UnprovedOptions())
            .AddSingleton(_spool.Folder)
            .AddClamd(ClamdRig.Quick(Clamd.Endpoint))
            .AddArchives(new ArchiveOptions())
            .AddVerdicts(new VerdictOptions())
            .AddLeases(new LeaseOptions())
            .AddPolicies(new PolicyOptions())
            .AddIntake(new IntakeOptions())
            .AddDeliveries(new DeliveryOptions())
            .AddScanning(new ScanningOptions())
            .AddGate(new GateOptions())
            .AddJobs(options, new ObjectOptions { MinFree = 0 }, new S3Options(), new KafkaOptions(), callbacks)
            .AddJobWorkers(callbacks)
            .BuildServiceProvider();
        Options = options;
        Folder = folder;
    }

    public FakeClamd Clamd { get; }

    /// <summary>Its clock, where it was started with no other.</summary>
    public ShiftedTimeProvider Clock { get; } = new();

    public FakeLoggerProvider Log { get; } = new();

    public FakeResolver Resolver { get; } = new();

    public JobOptions Options { get; }

    public string Folder { get; }

    public JobStores Stores => _services.GetRequiredService<JobStores>();

    public JobCallbacks Callbacks => _services.GetRequiredService<JobCallbacks>();

    public JobResults Results => _services.GetRequiredService<JobResults>();

    public JobWork Work => _services.GetRequiredService<JobWork>();

    public JobSweep Sweep => _services.GetServices<IHostedService>().OfType<JobSweep>().Single();

    public static JobOptions OptionsAt(string folder) => new()
    {
        DataPath = folder,
        WorkerPool = 2,
        RetryPause = TimeSpan.FromMilliseconds(20),
        LeaseTime = TimeSpan.FromMinutes(1),
        Attempts = 3,
    };

    public static async Task<JobRig> StartAsync(
        string folder,
        JobOptions? options = null,
        bool hasWorkers = true,
        FakeClamd? clamd = null,
        CallbackOptions? callbacks = null,
        TimeProvider? clock = null)
    {
        var rig = new JobRig(
            folder, options ?? OptionsAt(folder), hasWorkers, clamd ?? FakeClamd.OnTcp(), callbacks ?? new CallbackOptions(), clock);
        foreach (var service in rig.Hosted)
        {
            await service.StartAsync(CancellationToken.None);
        }

        await rig._services.GetRequiredService<ClamdPool>().WaitForFirstProbeAsync(CancellationToken.None).WaitAsync(Limit);
        return rig;
    }

    public async Task<JobAcceptance> AcceptAsync(
        byte[] content, string name = "file", JobPriority priority = JobPriority.Normal, string? callback = null)
    {
        var intake = _services.GetRequiredService<ContentIntake>();
        var taken = await intake.TakeAsync(new MemoryStream(content), new IntakeTerms(content.Length), CancellationToken.None);
        using var file = ((IntakeResult.Taken)taken).File;
        return await _services.GetRequiredService<JobIntake>()
            .AcceptAsync(
                file, new JobRequest(name, priority, "192.0.2.1") { Callback = callback }, CancellationToken.None);
    }

    public async Task<Job> AcceptedAsync(byte[] content, string name = "file", string? callback = null) =>
        ((JobAcceptance.Accepted)await AcceptAsync(content, name, callback: callback)).Job;

    /// <summary>Lets time pass, and what became due be looked for at once.</summary>
    public void Pass(TimeSpan by)
    {
        Clock.Advance(by);
        _services.GetRequiredService<JobCallbacks>().Due.Wake();
    }

    /// <summary>The sweep by another clock.</summary>
    public JobSweep SweepBy(TimeProvider clock) => ActivatorUtilities.CreateInstance<JobSweep>(_services, clock);

    /// <summary>Waits for a job's outcome.</summary>
    public async Task<JobOutcome> OutcomeAsync(Job job) =>
        (await Results.FindAsync(job.Id, Limit, CancellationToken.None))?.Outcome
            ?? throw new TimeoutException($"no outcome:\n{string.Join('\n', Log.Collector.GetSnapshot().Select(line => line.Message))}");

    /// <summary>Waits until nothing is queued any more.</summary>
    public async Task IdleAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        while ((await Stores.Queue.StateAsync(limit.Token)).Jobs > 0)
        {
            await Task.Delay(5, limit.Token);
        }
    }

    public async Task<byte[]?> ContentAsync(string key)
    {
        if (await Stores.Objects.GetAsync(key, WaitingClients.Of(null), CancellationToken.None) is not ObjectContent.Here here)
        {
            return null;
        }

        using var content = here.Content;
        using var reader = content.OpenReader();
        var bytes = new byte[reader.Length];
        await reader.ReadAsync(0, bytes, CancellationToken.None);
        return bytes;
    }

    public async Task StopAsync()
    {
        foreach (var service in Hosted.Reverse())
        {
            await service.StopAsync(CancellationToken.None).WaitAsync(Limit);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        await Clamd.DisposeAsync();
        _spool.Dispose();
    }

    private IEnumerable<IHostedService> Hosted =>
        _services.GetServices<IHostedService>().Where(service => _hasWorkers || service is not (JobWorkers or CallbackDeliveries));
}
