using ClamProxy.Core.Download;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Names;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Jobs;

public static class JobRegistration
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Adds what accepts jobs and knows their results.</summary>
    /// <remarks>Needs the gate, download, scanning, clamd, a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddJobs(this IServiceCollection services, JobOptions options, ObjectOptions objects) => services
        .AddSingleton(options)
        .AddSingleton(objects)
        .AddSingleton<JobMetrics>()
        .AddSingleton<JobSignals>()
        .AddSingleton<JobReport>()
        .AddStores(options)
        .AddSingleton<IObjectStore>(provider => new FolderObjects(
            Path.Combine(FolderOf(options), "objects"), objects, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<JobStores>()
        .AddSingleton<VerdictMessages>()
        .AddSingleton<DoorScanMetrics>()
        .AddSingleton<DoorScanReport>()
        .AddSingleton(provider => new JobIntake(
            provider.GetRequiredService<JobStores>(),
            provider.GetRequiredService<UpstreamGuard>(),
            provider.GetRequiredService<JobReport>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new JobResults(
            provider.GetRequiredService<JobStores>(),
            provider.GetRequiredService<JobSignals>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddHostedService(provider => new JobSweep(
            provider.GetRequiredService<JobStores>(),
            provider.GetRequiredService<JobResults>(),
            provider.GetRequiredService<IScanExchange>(),
            options,
            provider.GetRequiredService<JobReport>(),
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>Adds the workers that take jobs.</summary>
    /// <remarks>Needs <see cref="AddJobs"/>.</remarks>
    public static IServiceCollection AddJobWorkers(this IServiceCollection services) => services
        .AddSingleton<JobScan>()
        .AddSingleton<WorkerReporting>()
        .AddHostedService(provider => provider.GetRequiredService<WorkerReporting>())
        .AddSingleton<DoorScanWork>()
        .AddSingleton<JobWork>()
        .AddHostedService<JobWorkers>();

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

    private static IServiceCollection AddStores(this IServiceCollection services, JobOptions options) => options.QueueUrl.Length == 0
        ? services
            .AddSingleton(_ => OpenDatabase(options))
            .AddSingleton<IJobQueue, SqliteJobQueue>()
            .AddSingleton<IResultStore, SqliteResultStore>()
            .AddSingleton<IScanExchange, SqliteScanExchange>()
        : services
            .AddSingleton(provider => new RedisJobCalls(
                new RedisConnection(
                    RedisUrl.Parse(options.QueueUrl).Address!,
                    provider.GetRequiredService<NameResolver>(),
                    provider.GetRequiredService<TimeProvider>(),
                    listens: true),
                options.QueueTimeout,
                provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IJobQueue, RedisJobQueue>()
            .AddSingleton<IResultStore, RedisResultStore>()
            .AddSingleton<IScanExchange, RedisScanExchange>();

    /// <exception cref="IOException">The folder or the database in it cannot be used: the start fails.</exception>
    private static SqliteDatabase OpenDatabase(JobOptions options)
    {
        try
        {
            return new SqliteDatabase(
                Path.Combine(FolderOf(options), "jobs.db"), SqliteJobQueue.Schema + SqliteResultStore.Schema + SqliteScanExchange.Schema);
        }
        catch (Exception e) when (e is JobStoreException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"DATA_PATH={options.DataPath}: {e.Message}");
        }
    }

    private static string FolderOf(JobOptions options) => Directory.CreateDirectory(options.DataPath, OwnerOnly).FullName;
}
