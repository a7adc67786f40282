namespace ClamProxy.Core.Buckets.Events;

/// <summary>A message that a worker has.</summary>
/// <param name="Id">What its source calls it, for the log.</param>
/// <param name="Receipt">What the source knows this taking by.</param>
/// <param name="Body">Its bytes.</param>
/// <param name="Deliveries">How often it was handed out, this time included, as far as the source counts.</param>
internal sealed record TakenMessage(string Id, string Receipt, ReadOnlyMemory<byte> Body, int Deliveries);
