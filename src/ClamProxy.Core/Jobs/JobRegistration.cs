using ClamProxy.Core.Download;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Names;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Jobs;

public static class JobRegistration
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Adds what accepts jobs and knows their results.</summary>
    /// <remarks>Needs the gate, download, scanning, clamd, a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddJobs(
        this IServiceCollection services, JobOptions options, ObjectOptions objects, KafkaOptions? kafka = null) => services
        .AddSingleton(options)
        .AddSingleton(objects)
        .AddSingleton<JobMetrics>()
        .AddSingleton<JobSignals>()
        .AddSingleton<JobReport>()
        .AddStores(options, kafka ?? new KafkaOptions())
        .AddSingleton<IObjectStore>(provider => new FolderObjects(
            Path.Combine(FolderOf(options), "objects"), objects, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<JobStores>()
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
            options,
            provider.GetRequiredService<JobReport>(),
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>Adds the workers that take jobs.</summary>
    /// <remarks>Needs <see cref="AddJobs"/>.</remarks>
    public static IServiceCollection AddJobWorkers(this IServiceCollection services) => services
        .AddSingleton<JobScan>()
        .AddSingleton<JobWork>()
        .AddHostedService<JobWorkers>();

    private static IServiceCollection AddStores(this IServiceCollection services, JobOptions options, KafkaOptions kafka) =>
        kafka.ServersOf(options) is { } servers
            ? services.AddKafkaJobs(
                servers,
                options,
                kafka,
                () => FolderOf(options),
                provider => kafka.ResultsUrl.Length > 0
                    ? new RedisResultStore(CallsTo(kafka.ResultsUrl, options, provider), options)
                    : new SqliteResultStore(provider.GetRequiredService<SqliteDatabase>()))
                .AddSingleton(_ => OpenDatabase(options))
            : options.QueueUrl.Length > 0
                ? services
                    .AddSingleton(provider => CallsTo(options.QueueUrl, options, provider))
                    .AddSingleton<IJobQueue, RedisJobQueue>()
                    .AddSingleton<IResultStore, RedisResultStore>()
                : services
                    .AddSingleton(_ => OpenDatabase(options))
                    .AddSingleton<IJobQueue, SqliteJobQueue>()
                    .AddSingleton<IResultStore, SqliteResultStore>();

    private static RedisJobCalls CallsTo(string url, JobOptions options, IServiceProvider provider) => new(
        new RedisConnection(
            RedisUrl.Parse(url).Address!,
            provider.GetRequiredService<NameResolver>(),
            provider.GetRequiredService<TimeProvider>(),
            listens: true),
        options.QueueTimeout,
        provider.GetRequiredService<TimeProvider>());

    /// <exception cref="IOException">The folder or the database in it cannot be used: the start fails.</exception>
    private static SqliteDatabase OpenDatabase(JobOptions options)
    {
        try
        {
            return new SqliteDatabase(
                Path.Combine(FolderOf(options), "jobs.db"), SqliteJobQueue.Schema + SqliteResultStore.Schema);
        }
        catch (Exception e) when (e is JobStoreException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"DATA_PATH={options.DataPath}: {e.Message}");
        }
    }

    private static string FolderOf(JobOptions options) => Directory.CreateDirectory(options.DataPath, OwnerOnly).FullName;
}
