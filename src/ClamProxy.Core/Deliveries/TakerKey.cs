using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Deliveries;

/// <summary>What one row of the record is by.</summary>
internal readonly record struct TakerKey(string Sha256, string? Client, string? User, string Url, string Door, Verdict Verdict)
{
    public static TakerKey Of(string sha256, Taker taker) =>
        new(sha256, taker.Client, taker.User, taker.Url, taker.Door, taker.Verdict);
}
