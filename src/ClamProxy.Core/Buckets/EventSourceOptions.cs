using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Buckets;

/// <summary>What is the same for all sources of events beside queues of SQS.</summary>
public sealed class EventSourceOptions : ISettings
{
    public static string Section => "Events";

    /// <summary>How long one call to Redis or Kafka may take. Default: 5 s.</summary>
    [Setting("takes a time from 00:00:00.1 to 00:01:00", Min = 0.1, Max = 60)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest message that POST /events takes. Default: 256 KiB; one event has about 1 KiB.</summary>
    [Setting("takes bytes, optionally with K: 1K to 1M", Bytes = true, Min = 1024, Max = 1024 * 1024)]
    public long MaxMessage { get; init; } = 256 * 1024;

    /// <summary>The most messages of POST /events that one flow has waiting; a further one is refused (503). Default: 10,000.</summary>
    [Setting("takes a whole number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxWaiting { get; init; } = 10_000;

    /// <summary>After how long a sender that was refused so may try again (Retry-After). Default: 5 s.</summary>
    [Setting("takes a time from 1 second to 1 hour", Min = 1, Max = 3600)]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    public IEnumerable<SettingProblem> Problems() => [];
}
