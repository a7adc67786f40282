using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Archives;

/// <summary>What looks into archives found, and how long they took.</summary>
public sealed class ArchiveMetrics
{
    private readonly Counter<long> _looks;
    private readonly Histogram<double> _duration;

    public ArchiveMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ClamProxy.Archives");
        _looks = meter.CreateCounter<long>(
            "clamproxy.archives.looks", "{look}", "Files that a scanner called clean, by the result of the archive inspection.");
        _duration = meter.CreateHistogram<double>("clamproxy.archives.look.duration", "s", "Time for the inspection of an archive.");
    }

    internal void Looked(ArchiveTrouble trouble, TimeSpan duration)
    {
        _looks.Add(1, new KeyValuePair<string, object?>("outcome", Tag(trouble)));
        _duration.Record(duration.TotalSeconds);
    }

    internal static string Tag(ArchiveTrouble trouble) => trouble switch
    {
        ArchiveTrouble.None => "fine",
        ArchiveTrouble.TooLarge => "too-large",
        ArchiveTrouble.Encrypted => "encrypted",
        ArchiveTrouble.TooMuch => "too-much",
        ArchiveTrouble.Contradictory => "contradictory",
        ArchiveTrouble.Ambiguous => "ambiguous",
    };
}
