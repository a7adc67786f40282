using System.Runtime.CompilerServices;
using ClamProxy.Access;
using ClamProxy.Admin;
using ClamProxy.Configuration;
using ClamProxy.Connections;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Events;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Uploads;
using ClamProxy.Core.Verdicts;
using ClamProxy.Dashboard;
using ClamProxy.Doors.Api;
using ClamProxy.Doors.ExtProc;
using ClamProxy.Doors.Http;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Doors.Icap;
using ClamProxy.Forgetting;
using ClamProxy.Management;
using ClamProxy.Presets;
using ClamProxy.Recalling;
using ClamProxy.Reloading;
using ClamProxy.Rewriting;
using ClamProxy.Starting;
using ClamProxy.Stopping;
using ClamProxy.Telemetry;
using ClamProxy.Tracking;
using LoggingOptions = ClamProxy.Configuration.LoggingOptions;

namespace ClamProxy;

/// <summary>Puts the process together: every folder's options, then every folder, then the doors.</summary>
internal static class ProxyApplication
{
    /// <returns>The application, or what is wrong with its settings: one line each.</returns>
    public static (WebApplication? Application, IReadOnlyList<string> Problems) Build(string[] args)
    {
        var builder = Builder(args);
        var (settings, problems) = Compose(builder);
        if (problems.Count > 0)
        {
            return (null, problems);
        }

        var doors = settings.Get<DoorOptions>();
        builder.Services.AddReloading(settings, args, ConfigurationFiles.Of(builder.Configuration));

        var application = builder.Build();
        application.CountFromTheStart();
        application.Services.GetRequiredService<LoggingMetrics>();
        application.MapAdmin();
        application.MapManagement();
        application.ObserveConnections();
        if (doors.Opens(Door.Api))
        {
            application.MapApiDoor();
        }

        if (doors.Opens(Door.Icap))
        {
            application.Services.GetRequiredService<IcapConnections>();
        }

        if (doors.Opens(Door.ExtProc))
        {
            application.MapExtProcDoor();
        }

        application.MapHttpDoor();
        return (application, []);
    }

    /// <summary>Reads and checks settings as a start does, and starts nothing.</summary>
    /// <param name="file">A JSON file in the place of appsettings.json; null: that one.</param>
    /// <returns>The settings, and what is wrong with them: one line each.</returns>
    public static (SettingsReader? Settings, IReadOnlyList<string> Problems) Check(string[] args, string? file = null)
    {
        try
        {
            var builder = Builder(args);
            if (file is not null)
            {
                ConfigurationFiles.Replace(builder.Configuration, file);
            }

            return Compose(builder);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or FormatException)
        {
            var cause = e.GetBaseException();
            return (null, [SettingText.OneLine(ReferenceEquals(cause, e) ? e.Message : $"{e.Message} {cause.Message}")]);
        }
    }

    /// <summary>
    /// Files are not followed by the configuration itself: a broken one would take away what is in force, such as Kestrel's endpoints.
    /// <see cref="ConfigurationReload"/> reads them again as a whole.
    /// </summary>
    private static WebApplicationBuilder Builder(string[] args) =>
        WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);

    private static (SettingsReader Settings, IReadOnlyList<string> Problems) Compose(WebApplicationBuilder builder)
    {
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
        var messages = settings.Read<MessageOptions>();
        var hasJobs = doors.HasJobs || scans.IsByWorkers;

        var door = settings.Read<HttpDoorOptions>();

        builder.Logging.AddClamProxyLogging(settings.Read<LoggingOptions>());
        builder.Services
            .AddSingleton(listen)
            .AddSingleton(doors)
            .AddDashboard(settings.Read<DashboardOptions>())
            .AddTelemetry(settings.Read<TelemetryOptions>())
            .AddCore(
                settings,
                store,
                store.SpoolPath ?? (hasJobs ? jobs.Jobs.SpoolPath : null),
                scans,
                settings.Read<DeliveryOptions>(record => record.DataPath = jobs.Jobs.DataPath),
                settings.Read<PolicyOptions>(policies => policies.DataPath = jobs.Jobs.DataPath))
            .AddEvents(settings.Read<EventOptions>(events => events.DataPath = jobs.Jobs.DataPath))
            .AddMessages(messages)
            .AddUploads(settings.Read<UploadOptions>())
            .AddStopping(settings.Read<StopOptions>())
            .AddAccess(settings.Read<AccessOptions>())
            .AddTracking()
            .AddRewriting()
            .AddConnections(connections)
            .AddHttpDoor(door, connections)
            .AddManagement(Readiness)
            .AddAdmin()
            .AddForgetting()
            .AddRecalling();
        // A native build has all its code in one file.
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            builder.Services.AddHostedService<CodePreload>();
        }

        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ListenOn(listen, doors));
        var icap = settings.Read<IcapOptions>();
        var extProc = settings.Read<ExtProcOptions>();
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

        if (doors.Opens(Door.Icap))
        {
            builder.Services.AddIcapDoor(icap, settings.Fingerprint());
        }

        if (doors.Opens(Door.ExtProc))
        {
            builder.Services.AddExtProcDoor(extProc);
        }

        settings.Read<ReloadOptions>();
        builder.AddStarting();
        settings.CheckVariables(PresetCatalog.Variables, settings.Read<VariableOptions>().IgnoredVariables);
        var missing = jobs.MissingFor(doors, scans)
            .Concat(buckets.MissingFor(doors, jobs.Jobs))
            .Concat(BucketRoutes.Open(door, jobs.S3))
            .Concat(icap.ProblemsWith(messages));
        return (settings, [.. unmet, .. settings.Problems, .. missing]);
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
        var policies = services.GetRequiredService<CurrentPolicies>().Options;
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
                scanner.Limits?.TrustedSize, scanner.Limits?.TellsEncrypted, policies.IsTooOld(scanner.Version?.DatabaseDate, now),
                scanner.IsDrained))],
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
            Events =
            [
                .. (services.GetService<EventHealth>()?.Targets ?? []).Select(
                    target => new EventReadiness(target.Name, target.Waiting, now - (target.OldestAt ?? now), target.Problem))
            ],
            Queue = services.GetService<JobIntake>() is { } intake ? new(intake.Problem) : null,
            Configuration = services.GetService<ReloadState>()?.Readiness,
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
