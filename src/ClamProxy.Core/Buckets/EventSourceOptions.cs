using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Buckets;

/// <summary>What is the same for all sources of events beside queues of SQS.</summary>
public sealed class EventSourceOptions : ISettings
{
    public static string Section => "Events";

    /// <summary>How long one call to Redis or Kafka may take. Default: 5 s.</summary>
    [Setting("takes a time from 00:00:00.1 to 00:01:00", Min = 0.1, Max = 60)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    public IEnumerable<SettingProblem> Problems() => [];
}
