using ClamProxy.Core.Files;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Store;

/// <summary>Where clean files are kept, how many, and how they are looked after.</summary>
public sealed class StoreOptions : ISettings
{
    private readonly Lazy<string> _usedPath;

    public StoreOptions() => _usedPath = new Lazy<string>(() => Path.Length > 0 ? Path : MayWrite(DefaultPath) ? DefaultPath : "");

    public static string Section => "Store";

    /// <summary>
    /// The folder of the store; made where it does not exist. Several ClamProxy processes of one user may share it. Default: unset, no
    /// store. With a store and without SPOOL_PATH, spool files go to its folder spool, from where clean ones need not be copied.
    /// </summary>
    [Setting("takes the path of a folder that ClamProxy may create and write to", Variable = "STORE_PATH")]
    public string Path { get; init; } = "";

    /// <summary>
    /// The folder of the store where STORE_PATH is unset, if it can be written to; where it cannot, there is no store and a warning says
    /// so. For packages, which cannot know who runs them: the image says /var/lib/clamproxy. Default: unset.
    /// </summary>
    [Setting("takes the path of a folder, or nothing for no store", Variable = "STORE_PATH_DEFAULT")]
    public string DefaultPath { get; init; } = "";

    /// <summary>
    /// The bound of all stored files together, in bytes of disk: each counts in blocks of 4 KiB and 8 KiB more for what is noted about it.
    /// Over it the least recently used go, down to 95 %. Default: 10 GiB, as much as 1,000 wheels of 10 MB; range from 1 MiB.
    /// </summary>
    [Setting("takes bytes, optionally with K, M or G: at least 1M", Variable = "STORE_SIZE", Bytes = true, Min = 1 << 20)]
    public long Size { get; init; } = 10L << 30;

    /// <summary>
    /// The most URLs, and the most files, that are kept, whatever their size: a bound for the file system's inodes. The least recently used
    /// go. Default: 100,000, which are 400 MB of 4-KiB blocks and one second of looking them all over.
    /// </summary>
    [Setting("takes a number from 100 to 10000000", Min = 100, Max = 10_000_000)]
    public int Entries { get; init; } = 100_000;

    /// <summary>
    /// The bytes that are left free on the store's file system, for the spool and for others: as they run short, the least recently used
    /// go. Never more than a twentieth of the file system. Default: 1 GiB.
    /// </summary>
    [Setting("takes bytes, optionally with K, M or G; 0 for none", Bytes = true, Min = 0)]
    public long MinFree { get; init; } = 1 << 30;

    /// <summary>
    /// The files (inodes) that are left free on the store's file system, as <see cref="MinFree"/>. Default: 1,000, of which a stored file
    /// takes three.
    /// </summary>
    [Setting("takes a number from 0 to 10000000", Min = 0, Max = 10_000_000)]
    public int MinFreeFiles { get; init; } = 1000;

    /// <summary>
    /// How many of the URLs are kept in memory too; the others are read from disk when asked for. Default: 10,000.
    /// </summary>
    [Setting("takes a number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int EntriesInMemory { get; init; } = 10_000;

    /// <summary>
    /// The memory that these URLs may take together, in bytes: upstream chooses how long its heads are. Default: 64 MiB, as package hosts'
    /// heads take about 5 KiB; one of a thousand short lines takes 90.
    /// </summary>
    [Setting("takes bytes from 1M to 64G", Bytes = true, Min = 1 << 20, Max = 64L << 30)]
    public long HeadsInMemory { get; init; } = 64 << 20;

    /// <summary>
    /// How many files stay open for the next request, like nginx's open_file_cache. Default: 512, half of the usual limit of 1024
    /// descriptors.
    /// </summary>
    [Setting("takes a number from 1 to 100000", Min = 1, Max = 100_000)]
    public int OpenFiles { get; init; } = 512;

    /// <summary>
    /// How fast stored files are read and hashed in the background to find damaged ones, in bytes a second; 0: not at all.
    /// Default: 4 MiB, which looks 10 GiB over in 45 minutes and takes 1 % of a processor core.
    /// </summary>
    [Setting("takes bytes a second, optionally with K, M or G; 0 for none", Bytes = true, Min = 0)]
    public long ScrubRate { get; init; } = 4 << 20;

    /// <summary>
    /// How often the folder is counted, as other processes store files too, and bounded. Default: 1 minute; where counting takes long, less
    /// often: at most a fiftieth of the time is spent on it.
    /// </summary>
    [Setting("takes a time from 00:00:01 to 1 day", Min = 1, Max = 86_400)]
    public TimeSpan TidyInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether there is a store at all.</summary>
    public bool IsOn => _usedPath.Value.Length > 0;

    /// <summary>The default folder was to be used, and cannot be.</summary>
    internal bool HasNoFolder => !IsOn && DefaultPath.Length > 0;

    /// <summary>Where spool files go unless SPOOL_PATH says otherwise; null without a store.</summary>
    public string? SpoolPath => IsOn ? System.IO.Path.Combine(Folder, "spool") : null;

    /// <summary>The file that says from when on its answers count; null without a store.</summary>
    public string? CutoffPath => IsOn ? System.IO.Path.Combine(Folder, "v1", "cutoffs") : null;

    /// <summary>The folder, absolute.</summary>
    internal string Folder => System.IO.Path.GetFullPath(_usedPath.Value);

    public IEnumerable<SettingProblem> Problems()
    {
        if (Path.Length > 0 && !MayWrite(Path))
        {
            yield return ParentOf(Path) is { } parent && !Directory.Exists(parent)
                ? new(nameof(Path), Path, $"takes the path of a folder in one that exists: {parent} does not")
                : new(nameof(Path), Path, "takes the path of a folder that ClamProxy may create and write to");
        }
    }

    /// <summary>
    /// Makes the folder itself where it is missing, and nothing above it: that would hide a misspelt path or a missing mount.
    /// </summary>
    private static bool MayWrite(string path)
    {
        try
        {
            var folder = System.IO.Path.GetFullPath(path);
            if (!Directory.Exists(folder))
            {
                if (ParentOf(path) is { } parent && !Directory.Exists(parent))
                {
                    return false;
                }

                Directory.CreateDirectory(folder);
                File.SetUnixFileMode(folder, StoreDisk.FolderMode);
            }

            return ProbeFile.CanBeMade(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static string? ParentOf(string path) =>
        path.Contains('\0', StringComparison.Ordinal)
            ? null
            : System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
}
