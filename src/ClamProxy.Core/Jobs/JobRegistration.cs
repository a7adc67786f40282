using ClamProxy.Core.Download;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Names;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Jobs;

public static class JobRegistration
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Adds what accepts jobs and knows their results.</summary>
    /// <remarks>Needs the gate, the intake, download, scanning, clamd, a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddJobs(
        this IServiceCollection services, JobOptions options, ObjectOptions objects, S3Options s3) => services
        .AddSingleton(options)
        .AddSingleton<JobMetrics>()
        .AddSingleton<JobSignals>()
        .AddSingleton<JobReport>()
        .AddStores(options)
        .AddObjects(objects, s3, () => FolderOf(options))
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

    private static IServiceCollection AddStores(this IServiceCollection services, JobOptions options) => options.QueueUrl.Length == 0
        ? services
            .AddSingleton(_ => OpenDatabase(options))
            .AddSingleton<IJobQueue, SqliteJobQueue>()
            .AddSingleton<IResultStore, SqliteResultStore>()
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
            .AddSingleton<IResultStore, RedisResultStore>();

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
