using System.Globalization;

namespace ClamProxy.Scans;

/// <summary>How many of each, and their bytes. One caller at a time.</summary>
internal sealed class ScanSums
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB"];
    private readonly Dictionary<ScanOutcome, int> _counts = [];
    private long _bytes;

    public int Total => _counts.Values.Sum();

    public void Add(ScannedContent content)
    {
        _counts[content.Outcome] = Of(content.Outcome) + 1;
        _bytes += content.Verdict?.Size ?? 0;
    }

    public override string ToString() =>
        $"{Total} files, {Size(_bytes)}: {Of(ScanOutcome.Clean)} clean, {Of(ScanOutcome.Refused)} refused, {Of(ScanOutcome.Failed)} failed";

    public static string Size(long bytes)
    {
        var (count, unit) = ((double)bytes, 0);
        for (; count >= 1024 && unit < Units.Length - 1; unit++)
        {
            count /= 1024;
        }

        return count.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    private int Of(ScanOutcome outcome) => _counts.GetValueOrDefault(outcome);
}
