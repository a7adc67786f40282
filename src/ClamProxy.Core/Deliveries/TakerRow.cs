using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Deliveries;

/// <summary>One row of the record as it is told outside: deliveries of one content that are alike.</summary>
/// <param name="Client">The address, or a keyed hash of it; null: nobody knows.</param>
/// <param name="User">The credential's name, or a keyed hash of it; null: there was none.</param>
/// <param name="Url">Where it came from.</param>
/// <param name="Door">By which door.</param>
/// <param name="Verdict">What it was held for then.</param>
/// <param name="First">When the first of them began.</param>
/// <param name="Last">When the last of them ended.</param>
/// <param name="Times">How many there were.</param>
/// <param name="Bytes">How much was sent in all.</param>
/// <param name="RequestId">The id of the last one's request.</param>
public sealed record TakerRow(
    string? Client,
    string? User,
    string Url,
    string Door,
    string Verdict,
    DateTimeOffset First,
    DateTimeOffset Last,
    long Times,
    long Bytes,
    string? RequestId)
{
    public static TakerRow Of(Taker taker)
    {
        ArgumentNullException.ThrowIfNull(taker);
        return new(
            taker.Client,
            taker.User,
            taker.Url,
            taker.Door,
            taker.Verdict.Tag(),
            taker.First,
            taker.Last,
            taker.Times,
            taker.Bytes,
            taker.RequestId);
    }
}
