namespace ClamProxy.Core.Deliveries;

/// <summary>Who took one content, as far as the record says.</summary>
/// <param name="Sha256">The content.</param>
/// <param name="Some">The rows, the latest first; not more than were asked for.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Clients">How many clients and users they are of.</param>
public sealed record Takers(string Sha256, IReadOnlyList<Taker> Some, long Rows, long Clients)
{
    /// <summary>The signature that was found in the content after somebody took it; null: none was.</summary>
    public string? Signature { get; init; }

    /// <summary>When that was found last.</summary>
    public DateTimeOffset? DetectedAt { get; init; }
}
