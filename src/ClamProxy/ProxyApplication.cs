using ClamProxy.Access;
using ClamProxy.Configuration;
using ClamProxy.Connections;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using ClamProxy.Doors.Api;
using ClamProxy.Doors.Http;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Forgetting;
using ClamProxy.Management;
using ClamProxy.Presets;
using ClamProxy.Rewriting;
using ClamProxy.Starting;
using ClamProxy.Stopping;
using ClamProxy.Telemetry;
using LoggingOptions = ClamProxy.Configuration.LoggingOptions;

namespace ClamProxy;

/// <summary>Puts the process together: every folder's options, then every folder, then the doors.</summary>
internal static class ProxyApplication
{
    /// <returns>The application, or what is wrong with its settings: one line each.</returns>
    public static (WebApplication? Application, IReadOnlyList<string> Problems) Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var unmet = builder.Configuration.AddPresets();
        var settings = new SettingsReader(builder.Configuration);
        settings.Read<PresetOptions>();
        var listen = settings.Read<ListenOptions>();
        var doors = settings.Read<DoorOptions>();
        var connections = settings.Read<ConnectionOptions>();
        var store = settings.Read<StoreOptions>();
        var jobs = JobSettings.Read(settings);
        var buckets = BucketSettings.Read(settings, jobs.S3, jobs.Callbacks);
        var scans = settings.Read<DoorScanOptions>();
        var hasJobs = doors.HasJobs || scans.IsByWorkers;

        var door = settings.Read<HttpDoorOptions>();

        builder.Logging.AddClamProxyLogging(settings.Read<LoggingOptions>());
        builder.Services
            .AddSingleton(listen)
            .AddSingleton(doors)
            .AddTelemetry(settings.Read<TelemetryOptions>())
            .AddCore(settings, store, store.SpoolPath ?? (hasJobs ? jobs.Jobs.SpoolPath : null), scans)
            .AddStopping(settings.Read<StopOptions>())
            .AddAccess(settings.Read<AccessOptions>())
            .AddRewriting()
            .AddConnections(connections)
            .AddHttpDoor(door, connections)
            .AddManagement(Readiness)
            .AddForgetting()
            .AddHostedService<CodePreload>();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ListenOn(listen, doors));
        AddJobDoors(builder.Services, doors, hasJobs ? jobs : null, settings.Read<ApiOptions>());

        if (doors.Opens(Door.Buckets))
        {
            buckets.AddTo(builder.Services);
            builder.Services.AddBucketWorkers(
                buckets.S3, buckets.Sqs, jobs.Kafka, buckets.Events, jobs.Jobs, takesWebhooks: buckets.TakesWebhooks);
            if (buckets.TakesWebhooks)
            {
                builder.Services.AddEventEndpoint();
            }
        }

        builder.AddStarting();
        settings.CheckVariables(PresetCatalog.Variables, settings.Read<VariableOptions>().IgnoredVariables);
        var missing = jobs.MissingFor(doors, scans)
            .Concat(buckets.MissingFor(doors, jobs.Jobs))
            .Concat(BucketRoutes.Open(door, jobs.S3));
        if (unmet.Concat(settings.Problems).Concat(missing).ToList() is { Count: > 0 } problems)
        {
            return (null, problems);
        }

        var application = builder.Build();
        application.Services.GetRequiredService<LoggingMetrics>();
        application.MapManagement();
        application.ObserveConnections();
        if (doors.Opens(Door.Api))
        {
            application.MapApiDoor();
        }

        application.MapHttpDoor();
        return (application, []);
    }

    /// <param name="jobs">Null: none are accepted or worked on here.</param>
    private static void AddJobDoors(IServiceCollection services, DoorOptions doors, JobSettings? jobs, ApiOptions api)
    {
        if (jobs is not null)
        {
            services.AddJobs(jobs.Jobs, jobs.Objects, jobs.S3, jobs.Kafka, jobs.Callbacks);
        }

        if (doors.Opens(Door.Worker))
        {
            services.AddJobWorkers(jobs!.Callbacks);
        }

        if (doors.Opens(Door.Api))
        {
            services.AddApiDoor(api);
        }
    }

    private static ReadinessReport Readiness(IServiceProvider services)
    {
        var store = services.GetRequiredService<IVerdictStore>().State;
        var policies = services.GetRequiredService<PolicyOptions>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        return new(
            [.. (services.GetService<ClamdPool>()?.Scanners ?? []).Select(scanner => new ScannerReadiness(
                scanner.Endpoint,
                scanner.IsUp,
                scanner.IsTrusted,
                scanner.Version?.Engine,
                scanner.Version?.Database,
                scanner.Version?.DatabaseDate,
                scanner.Trouble,
                scanner.Limits?.TrustedSize, scanner.Limits?.TellsEncrypted, policies.IsTooOld(scanner.Version?.DatabaseDate, now)))],
            new(store.Name, store.IsAvailable, store.Problem))
        {
            Connections = services.GetRequiredService<ConnectionBounds>().Readiness,
            Workers = services.GetService<WorkerRoster>() is { } workers
                ? new(workers.Problem, workers.Workers, date => policies.IsTooOld(date, now))
                : null,
            Disks = Disks(services.GetRequiredService<SpoolFolder>(), services.GetRequiredService<ContentStore>()),
            ForeignLinks =
            [
                .. services.GetRequiredService<ForeignLinkNotices>().All.Select(
                    link => new LinkReadiness(link.Route, link.Host, link.Latest))
            ],
            Objects = Objects(services.GetService<ObjectHealth>(), services.GetRequiredService<DoorOptions>()),
            Buckets = [.. (services.GetService<BucketHealth>()?.Flows ?? []).Select(flow => new BucketReadiness(flow.Flow, flow.Problem))],
            Queue = services.GetService<JobIntake>() is { } intake ? new(intake.Problem) : null,
            IsStopping = services.GetRequiredService<StopState>().IsStopping,
        };
    }

    private static ObjectReadiness? Objects(ObjectHealth? store, DoorOptions doors) =>
        store is null ? null : new(store.Name, store.Problem, IsNeeded: !doors.Opens(Door.Proxy));

    private static IReadOnlyList<DiskReadiness> Disks(SpoolFolder spool, ContentStore store)
    {
        var ofSpool = new DiskReadiness("spool", spool.Path, spool.Problem, IsNeeded: true);
        return store.IsOn ? [ofSpool, new("store", store.Folder, store.Problem, IsNeeded: false)] : [ofSpool];
    }
}
