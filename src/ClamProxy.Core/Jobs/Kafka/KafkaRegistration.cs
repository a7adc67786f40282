using ClamProxy.Core.Objects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Kafka;

internal static class KafkaRegistration
{
    private const string NodeFile = "kafka-node";

    /// <summary>Adds queue and results on Kafka.</summary>
    /// <param name="folder">The folder that is this machine's own: what names its store of results lies beside it.</param>
    /// <param name="results">Makes the store that results are kept in.</param>
    public static IServiceCollection AddKafkaJobs(
        this IServiceCollection services,
        string servers,
        JobOptions jobs,
        KafkaOptions options,
        Func<string> folder,
        Func<IServiceProvider, IResultStore> results) => services
        .AddSingleton(options)
        .AddSingleton(provider => new KafkaClients(
            servers, options, jobs, provider.GetRequiredService<ILogger<KafkaClients>>()))
        .AddSingleton<KafkaSender>()
        .AddSingleton(provider => new KafkaMessageReader(
            options, provider.GetRequiredService<IObjectStore>().Name, options.ResultsUrl.Length > 0))
        .AddSingleton<IJobQueue, KafkaJobQueue>()
        .AddKeyedSingleton(nameof(KafkaResultStore), (provider, _) => results(provider))
        .AddSingleton(provider => new KafkaResultReader(
            provider.GetRequiredService<KafkaClients>(),
            provider.GetRequiredKeyedService<IResultStore>(nameof(KafkaResultStore)),
            options,
            NodeIn(folder()),
            provider.GetRequiredService<JobSignals>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KafkaResultReader>>()))
        .AddHostedService(provider => provider.GetRequiredService<KafkaResultReader>())
        .AddSingleton<IResultStore>(provider => new KafkaResultStore(
            provider.GetRequiredKeyedService<IResultStore>(nameof(KafkaResultStore)),
            provider.GetRequiredService<KafkaSender>(),
            provider.GetRequiredService<KafkaResultReader>(),
            options,
            provider.GetRequiredService<KafkaClients>(),
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>
    /// A name that lasts as long as the folder: where it and the results in it are gone, the output topic is read from its beginning.
    /// </summary>
    private static string NodeIn(string folder)
    {
        var path = Path.Combine(folder, NodeFile);
        try
        {
            using var made = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            made.Write(System.Text.Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")));
            made.Flush(flushToDisk: true);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Made before, or by another process just now.
        }

        return File.ReadAllText(path).Trim();
    }
}
