using ClamProxy.Access;
using ClamProxy.Configuration;
using ClamProxy.Connections;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using ClamProxy.Doors.Api;
using ClamProxy.Doors.Http;
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
        var jobs = settings.Read<JobOptions>();
        var objects = settings.Read<ObjectOptions>();

        builder.Logging.AddClamProxyLogging(settings.Read<LoggingOptions>());
        builder.Services
            .AddSingleton(listen)
            .AddSingleton(doors)
            .AddTelemetry(settings.Read<TelemetryOptions>())
            .AddCore(settings, store, store.SpoolPath ?? (doors.HasJobs ? jobs.SpoolPath : null))
            .AddStopping(settings.Read<StopOptions>())
            .AddAccess(settings.Read<AccessOptions>())
            .AddRewriting()
            .AddConnections(connections)
            .AddHttpDoor(settings.Read<HttpDoorOptions>(), connections)
            .AddManagement(Readiness)
            .AddForgetting()
            .AddHostedService<CodePreload>();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ListenOn(listen, doors));
        AddJobDoors(builder.Services, settings, doors, jobs, objects);

        builder.AddStarting();
        settings.CheckVariables(PresetCatalog.Variables, settings.Read<VariableOptions>().IgnoredVariables);
        if (unmet.Concat(settings.Problems).Concat(jobs.MissingFor(doors, objects)).ToList() is { Count: > 0 } problems)
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

    private static void AddJobDoors(
        IServiceCollection services, SettingsReader settings, DoorOptions doors, JobOptions jobs, ObjectOptions objects)
    {
        var (s3, api) = (settings.Read<S3Options>(), settings.Read<ApiOptions>());
        if (doors.HasJobs)
        {
            services.AddJobs(jobs, objects, s3);
        }

        if (doors.Opens(Door.Worker))
        {
            services.AddJobWorkers();
        }

        if (doors.Opens(Door.Api))
        {
            services.AddApiDoor(api);
        }
    }

    private static IEnumerable<string> MissingFor(this JobOptions jobs, DoorOptions doors, ObjectOptions objects) =>
        doors.HasJobs && jobs.DataPath.Length == 0 && !(jobs.QueueUrl.Length > 0 && objects.AreInBucket)
            ? ["DATA_PATH: takes the path of a folder that ClamProxy may create and write to; DOORS opens api or worker, which need it"]
            : [];

    private static ReadinessReport Readiness(IServiceProvider services)
    {
        var store = services.GetRequiredService<IVerdictStore>().State;
        var policies = services.GetRequiredService<PolicyOptions>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        return new(
            [.. services.GetRequiredService<ClamdPool>().Scanners.Select(scanner => new ScannerReadiness(
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
            Disks = Disks(services.GetRequiredService<SpoolFolder>(), services.GetRequiredService<ContentStore>()),
            ForeignLinks =
            [
                .. services.GetRequiredService<ForeignLinkNotices>().All.Select(
                    link => new LinkReadiness(link.Route, link.Host, link.Latest))
            ],
            Objects = Objects(services.GetService<ObjectHealth>(), services.GetRequiredService<DoorOptions>()),
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
