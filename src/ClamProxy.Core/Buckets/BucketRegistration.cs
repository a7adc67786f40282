using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Buckets.Webhooks;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Names;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Scanning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Buckets;

public static class BucketRegistration
{
    /// <summary>Adds the flows of buckets, and <see cref="BucketScans"/> for commands.</summary>
    /// <remarks>Needs the intake, scanning, download, names, a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddBuckets(
        this IServiceCollection services,
        IReadOnlyDictionary<string, BucketFlowOptions> flows,
        S3Options s3,
        SqsOptions sqs,
        SnsOptions sns,
        CallbackOptions callbacks) => services
        .AddCallbackSender(callbacks)
        .AddSingleton<BucketMetrics>()
        .AddSingleton<BucketReport>()
        .AddSingleton(provider => new BucketSet(S3Clients.Open(s3), s3, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new BucketFlows(
            flows,
            provider.GetRequiredService<BucketSet>(),
            new S3Intake(
                provider.GetRequiredService<ContentIntake>(),
                provider.GetRequiredService<IntakeOptions>(),
                s3,
                provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<ContentScanner>(),
            queue => new SqsQueue(SqsClients.Open(queue, sqs, s3), queue, sqs, provider.GetRequiredService<TimeProvider>()),
            arn => new SnsTopic(arn, sns, s3, provider.GetRequiredService<TimeProvider>()),
            (flow, options) => provider.GetService<EventSources>()?.Open(flow, options),
            options => options.NoticeUrl.Length > 0
                ? new WebhookNotices(provider.GetRequiredService<CallbackSender>(), options.NoticeUrl, options.NoticeClean)
                : null))
        .AddSingleton(provider => new ConditionProbe(
            provider.GetRequiredService<BucketSet>(), s3, provider.GetRequiredService<BucketReport>()))
        .AddSingleton(provider => new BucketScans(
            provider.GetRequiredService<BucketFlows>(),
            provider.GetRequiredService<BucketSet>(),
            provider.GetRequiredService<ConditionProbe>(),
            provider.GetRequiredService<BucketReport>()));

    /// <summary>Adds the workers that take what the flows' sources announce.</summary>
    /// <remarks>Needs <see cref="AddBuckets"/>.</remarks>
    /// <param name="takesWebhooks">Whether a flow has <c>Source=webhook</c>: then there is an <see cref="EventIntake"/> too.</param>
    public static IServiceCollection AddBucketWorkers(
        this IServiceCollection services,
        S3Options s3,
        SqsOptions sqs,
        KafkaOptions kafka,
        EventSourceOptions events,
        JobOptions jobs,
        bool takesWebhooks)
    {
        if (takesWebhooks)
        {
            services.AddSingleton(provider => new EventIntake(
                provider.GetRequiredService<BucketFlows>(), provider.GetRequiredService<StoredEvents>(), events));
        }

        return services.AddWorkers(s3, sqs, kafka, events).AddSingleton(provider => new StoredEvents(
            jobs.OpenDatabase("events.db", StoredEvents.Schema), events, provider.GetRequiredService<TimeProvider>()));
    }

    private static IServiceCollection AddWorkers(
        this IServiceCollection services, S3Options s3, SqsOptions sqs, KafkaOptions kafka, EventSourceOptions events) => services
        .AddSingleton(provider => new EventSources(
            sqs,
            s3,
            kafka,
            events,
            provider.GetRequiredService<NameResolver>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            new(() => provider.GetRequiredService<StoredEvents>())))
        .AddSingleton(provider => new BucketHealth(provider.GetRequiredService<BucketFlows>()))
        .AddHostedService<BucketCheck>()
        .AddHostedService<BucketWorkers>();
}
