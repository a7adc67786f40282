using ClamProxy.Core.Download;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Names;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Sqlite;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Jobs;

public static class JobRegistration
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Adds what accepts jobs and knows their results.</summary>
    /// <remarks>Needs the gate, the intake, download, scanning, clamd, a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddJobs(
        this IServiceCollection services,
        JobOptions options,
        ObjectOptions objects,
        S3Options s3,
        KafkaOptions kafka,
        CallbackOptions callbacks) => services
        .AddCallbacks(callbacks)
        .AddSingleton(options)
        .AddSingleton<JobMetrics>()
        .AddSingleton<JobSignals>()
        .AddSingleton<JobsUnderWay>()
        .AddSingleton<JobReport>()
        .AddStores(options, kafka)
        .AddObjects(objects, s3, () => FolderOf(options))
        .AddSingleton<JobStores>()
        .AddSingleton<VerdictMessages>()
        .AddSingleton<DoorScanMetrics>()
        .AddSingleton<DoorScanReport>()
        .AddSingleton(provider => new JobIntake(
            provider.GetRequiredService<JobStores>(),
            provider.GetRequiredService<JobCallbacks>(),
            provider.GetRequiredService<UpstreamGuard>(),
            provider.GetRequiredService<JobReport>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new JobResults(
            provider.GetRequiredService<JobStores>(),
            provider.GetRequiredService<JobCallbacks>(),
            provider.GetRequiredService<JobSignals>(),
            options,
            provider.GetRequiredService<TimeProvider>()))
        .AddHostedService<QueueWatch>()
        .AddHostedService(provider => new JobSweep(
            provider.GetRequiredService<JobStores>(),
            provider.GetRequiredService<JobResults>(),
            provider.GetRequiredService<IScanExchange>(),
            options,
            provider.GetRequiredService<JobReport>(),
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>Adds the workers that take jobs, and what sends callbacks, where they are taken.</summary>
    /// <remarks>Needs <see cref="AddJobs"/>.</remarks>
    public static IServiceCollection AddJobWorkers(this IServiceCollection services, CallbackOptions callbacks)
    {
        services
            .AddSingleton<JobScan>()
            .AddSingleton<WorkerReporting>()
            .AddHostedService(provider => provider.GetRequiredService<WorkerReporting>())
            .AddSingleton<DoorScanWork>()
            .AddSingleton<JobWork>()
            .AddHostedService<JobWorkers>();
        return callbacks.AreOn ? services.AddCallbackDeliveries() : services;
    }

    /// <summary>Lets workers in other processes scan what the doors of this one take.</summary>
    /// <remarks>Needs <see cref="AddJobs"/>, and takes the place of clamd.</remarks>
    public static IServiceCollection AddWorkerScanners(this IServiceCollection services, DoorScanOptions options) => services
        .AddSingleton(options)
        .AddSingleton(provider => new WorkerRoster(
            provider.GetRequiredService<JobStores>(),
            provider.GetRequiredService<IScanExchange>(),
            provider.GetRequiredService<VerdictCutoffs>(),
            provider.GetRequiredService<DoorScanReport>(),
            provider.GetRequiredService<DoorScanMetrics>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddHostedService(provider => provider.GetRequiredService<WorkerRoster>())
        .AddSingleton<ScanAnswers>()
        .AddHostedService(provider => provider.GetRequiredService<ScanAnswers>())
        .AddSingleton<IScanners, WorkerScanners>();

    /// <summary>The queue, and results and callbacks beside it; those of jobs on Kafka are in a Redis of their own, or here.</summary>
    private static IServiceCollection AddStores(this IServiceCollection services, JobOptions options, KafkaOptions kafka)
    {
        var servers = kafka.ServersOf(options);
        var redis = servers is null ? options.QueueUrl : kafka.ResultsUrl;
        if (redis.Length > 0)
        {
            services
                .AddSingleton(provider => CallsTo(redis, options, provider))
                .AddSingleton<ICallbackStore, RedisCallbackStore>()
                .AddSingleton<IScanExchange, RedisScanExchange>();
        }
        else
        {
            services
                .AddSingleton(_ => options.OpenDatabase(
                    "jobs.db", SqliteJobQueue.Schema + SqliteResultStore.Schema + SqliteCallbackStore.Schema + SqliteScanExchange.Schema))
                .AddSingleton<ICallbackStore, SqliteCallbackStore>()
                .AddSingleton<IScanExchange, SqliteScanExchange>();
        }

        return servers is not null
            ? services.AddKafkaJobs(servers, options, kafka, () => FolderOf(options), provider => Results(provider, redis))
            : redis.Length > 0
                ? services.AddSingleton<IJobQueue, RedisJobQueue>().AddSingleton(provider => Results(provider, redis))
                : services.AddSingleton<IJobQueue, SqliteJobQueue>().AddSingleton(provider => Results(provider, redis));
    }

    private static IResultStore Results(IServiceProvider provider, string redis) => redis.Length > 0
        ? ActivatorUtilities.CreateInstance<RedisResultStore>(provider)
        : ActivatorUtilities.CreateInstance<SqliteResultStore>(provider);

    private static RedisJobCalls CallsTo(string url, JobOptions options, IServiceProvider provider) => new(
        new RedisConnection(
            RedisUrl.Parse(url).Address!,
            provider.GetRequiredService<NameResolver>(),
            provider.GetRequiredService<TimeProvider>(),
            listens: true),
        options.QueueTimeout,
        provider.GetRequiredService<TimeProvider>());

    /// <exception cref="IOException">The folder or the database in it cannot be used: the start fails.</exception>
    internal static SqliteDatabase OpenDatabase(this JobOptions options, string file, string schema)
    {
        try
        {
            return new SqliteDatabase(Path.Combine(FolderOf(options), file), schema, JobStoreException.Of);
        }
        catch (Exception e) when (e is JobStoreException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"DATA_PATH={options.DataPath}: {e.Message}");
        }
    }

    private static string FolderOf(JobOptions options) => Directory.CreateDirectory(options.DataPath, OwnerOnly).FullName;
}
