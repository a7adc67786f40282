using ClamProxy.Core.Deliveries;

namespace ClamProxy.Recalling;

/// <summary>Who took a content, as <c>clamproxy recall --json</c> prints it.</summary>
/// <param name="Sha256">The content.</param>
/// <param name="Signature">What was found in it after somebody took it; null: nothing.</param>
/// <param name="DetectedAt">When that was found last.</param>
/// <param name="Clients">How many clients and users took it.</param>
/// <param name="Rows">How many rows the record has of it.</param>
/// <param name="Takers">The rows, the latest first; fewer than there are where there are too many for one answer.</param>
internal sealed record RecallAnswer(
    string Sha256, string? Signature, DateTimeOffset? DetectedAt, long Clients, long Rows, IReadOnlyList<TakerRow> Takers)
{
    public static RecallAnswer Of(Takers takers) => new(
        takers.Sha256, takers.Signature, takers.DetectedAt, takers.Clients, takers.Rows, [.. takers.Some.Select(TakerRow.Of)]);
}
