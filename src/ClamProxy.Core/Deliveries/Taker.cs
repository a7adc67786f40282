using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Deliveries;

/// <summary>
/// Who took a content, from where and by which door: all deliveries of one content that are alike in this are one row of the record.
/// </summary>
/// <param name="Client">The address, or a keyed hash of it; null: nobody knows.</param>
/// <param name="User">The name of the credential, or a keyed hash of it; null: there was none.</param>
/// <param name="Url">Where it came from, without query and credentials.</param>
/// <param name="Door">The way it took.</param>
/// <param name="Verdict">What it was held for then.</param>
/// <param name="First">When the first of them began.</param>
/// <param name="Last">When the last of them ended.</param>
/// <param name="Times">How many there were.</param>
/// <param name="Bytes">How much was sent in all.</param>
/// <param name="RequestId">The id of the last one's request.</param>
public sealed record Taker(
    string? Client,
    string? User,
    string Url,
    string Door,
    Verdict Verdict,
    DateTimeOffset First,
    DateTimeOffset Last,
    long Times,
    long Bytes,
    string? RequestId)
{
    /// <summary>This and one delivery more.</summary>
    internal Taker With(Taker other) => this with
    {
        First = First < other.First ? First : other.First,
        Last = Last > other.Last ? Last : other.Last,
        Times = Times + other.Times,
        Bytes = Bytes + other.Bytes,
        RequestId = other.RequestId,
    };
}
