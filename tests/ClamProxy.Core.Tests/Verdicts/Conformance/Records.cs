using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Verdicts.Conformance;

/// <summary>Coherent records to start from.</summary>
internal static class Records
{
    public static readonly string Sha = new('a', 64);
    public static readonly DateTimeOffset ScannedAt = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly UrlKey Url = UrlKey.For("https://example.org/file.whl", []);
    public static readonly ContentKey Content = ContentKey.For(Sha);

    public static readonly UrlRecord CleanUrl = new(Sha, 1234, "\"abc\"", "Thu, 01 Jan 2026 00:00:00 GMT", Verdict.Clean);

    public static readonly ContentRecord Clean =
        new(Sha, Verdict.Clean, null, UnscannableReason.None, null, "1.4.6", 27826, ScannedAt.AddDays(-1), ScannedAt);

    public static readonly ContentRecord Infected = Clean with { Verdict = Verdict.Infected, Signature = "Eicar-Test-Signature" };

    public static readonly ContentRecord Unscannable =
        Clean with { Verdict = Verdict.Unscannable, Reason = UnscannableReason.EngineLimit, Detail = "MaxRecursion was reached." };
}
