using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Objects;

/// <summary>Where the contents of jobs lie, and how much room they may take.</summary>
public sealed class ObjectOptions : ISettings
{
    public static string Section => "Objects";

    /// <summary>
    /// The most bytes that are kept in a folder; what would be more is refused. Default: 50 GiB, a day of 500 uploads of 100 MB.
    /// </summary>
    [Setting("takes bytes, optionally with K, M or G: at least 1M", Bytes = true, Min = 1 << 20)]
    public long MaxTotal { get; init; } = 50L << 30;

    /// <summary>The bytes that are left free on the folder's file system. Default: 1 GiB.</summary>
    [Setting("takes bytes, optionally with K, M or G; 0 for none", Bytes = true, Min = 0)]
    public long MinFree { get; init; } = 1 << 30;

    public IEnumerable<SettingProblem> Problems() => [];
}
