using ClamProxy.Configuration;

namespace ClamProxy.Scans;

/// <summary>How many of each, and their bytes. One caller at a time.</summary>
internal sealed class ScanSums
{
    private readonly Dictionary<ScanOutcome, int> _counts = [];
    private long _bytes;

    public int Total => _counts.Values.Sum();

    public void Add(ScannedContent content)
    {
        _counts[content.Outcome] = Of(content.Outcome) + 1;
        _bytes += content.Verdict?.Size ?? 0;
    }

    public override string ToString() =>
        $"{Total} files, {SizeText.About(_bytes)}: {Of(ScanOutcome.Clean)} clean, {Of(ScanOutcome.Refused)} refused, "
        + $"{Of(ScanOutcome.Failed)} failed";

    private int Of(ScanOutcome outcome) => _counts.GetValueOrDefault(outcome);
}
