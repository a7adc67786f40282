using ClamProxy.Core.Deliveries;

namespace ClamProxy.Core.Events;

/// <summary>The data of an event of a late detection: a part of those who took the content.</summary>
/// <param name="Sha256">The content.</param>
/// <param name="Signature">What was found in it.</param>
/// <param name="DetectedAt">When it was found last.</param>
/// <param name="Clients">How many clients and users took it, in all parts together.</param>
/// <param name="Rows">How many rows all parts have.</param>
/// <param name="Part">Which part this is: 1 is the first.</param>
/// <param name="Parts">How many there are.</param>
/// <param name="Takers">Who took it.</param>
internal sealed record LateData(
    string Sha256,
    string Signature,
    DateTimeOffset DetectedAt,
    long Clients,
    long Rows,
    int Part,
    int Parts,
    IReadOnlyList<TakerRow> Takers);
