namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>What a process has of a partition.</summary>
/// <param name="Next">The first offset that is not done.</param>
/// <param name="Fetched">Messages that were fetched from there on.</param>
/// <param name="Open">Those of them that are not done.</param>
/// <param name="OldestAt">When the oldest job of them was accepted; null: there is none.</param>
internal readonly record struct KafkaHeld(long Next, int Fetched, int Open, DateTimeOffset? OldestAt);
