using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Archives;

/// <summary>How far into a zip's directory ClamProxy looks by itself, and how long.</summary>
public sealed class ArchiveOptions : ISettings
{
    public static string Section => "Archives";

    /// <summary>The most members that a zip may have, those of zips in it included; with more it is unscannable. 100000: MaxFiles of the
    /// shipped clamd.conf. A scanner that keeps silent about its limits (SILENT_LIMITS=accept) has to have a MaxFiles no lower than
    /// this.</summary>
    [Setting("takes a number from 1 to 10000000", Min = 1, Max = 10_000_000)]
    public int MaxMembers { get; set; } = 100_000;

    /// <summary>The longest directory of a zip, in bytes. 64 MiB: 100,000 members whose names take 600 bytes each. It is read piece by
    /// piece: this bounds time, not memory.</summary>
    [Setting("takes bytes from 64K to 1G", Bytes = true, Min = 64 * 1024, Max = 1024 * 1024 * 1024)]
    public long MaxDirectory { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How deep archives in archives are followed, zips and those that are looked into in memory; a deeper one is unscannable. 8: about
    /// half of clamd's MaxRecursion (17), which counts other layers too.
    /// </summary>
    [Setting("takes a number from 1 to 64", Min = 1, Max = 64)]
    public int MaxDepth { get; set; } = 8;

    /// <summary>
    /// The bytes of memory that packed members of one file may take at a time while they are looked into. Over it a zip makes the file
    /// unscannable, and what clamd opens by itself (cabinets, packages, tars) is left to clamd. Stored members take none. 64 MiB: the jar
    /// in a distribution's zip; two files at a time are read so.
    /// </summary>
    [Setting("takes bytes from 1M to 1G", Bytes = true, Min = 1024 * 1024, Max = 1024 * 1024 * 1024)]
    public long MaxInflated { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// The longest time for one file's directories. 60 s: 100,000 members take about one; members that could be longer than they say are
    /// unpacked at some 300 MB a second, to see that they are not.
    /// </summary>
    [Setting("takes a time from 00:00:00.1 to 00:10:00", Min = 0.1, Max = 600)]
    public TimeSpan LookTime { get; set; } = TimeSpan.FromSeconds(60);

    public IEnumerable<SettingProblem> Problems() => [];
}
