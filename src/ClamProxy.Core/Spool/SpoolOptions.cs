using ClamProxy.Core.Files;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Spool;

/// <summary>Where downloads are kept until their verdict is known, and how much room they may take.</summary>
public sealed class SpoolOptions : ISettings
{
    public static string Section => "Spool";

    /// <summary>
    /// The folder of the spool files. It must exist and be writable. Default: unset, a folder beside the store (see STORE_PATH), so that
    /// clean files need not be copied into it; without a store the system's temp folder.
    /// </summary>
    [Setting("takes the path of a folder that ClamProxy may write to", Variable = "SPOOL_PATH")]
    public string Path { get; init; } = "";

    /// <summary>
    /// The largest body that is taken, in bytes; a larger one is unscannable. Default: 2 GiB less one byte, which is where clamd
    /// stops whatever its configuration says (clamd.conf(5), MaxFileSize).
    /// </summary>
    [Setting(
        "takes bytes, optionally with K, M or G: at most 2G, which is where clamd stops",
        Variable = "MAX_FILE_SIZE",
        Bytes = true,
        Min = 1,
        Max = int.MaxValue)]
    public long MaxFileSize { get; init; } = int.MaxValue;

    /// <summary>
    /// Bodies that announce at most this many bytes stay in memory. Default: 256 KiB, which holds index pages and small packages; writing
    /// a larger file to the page cache costs under 2 % of scanning it.
    /// </summary>
    [Setting("takes bytes from 0 to 16M", Bytes = true, Min = 0, Max = 16 << 20)]
    public long MemoryThreshold { get; init; } = 256 << 10;

    /// <summary>All bodies in memory together, in bytes; further ones go to disk. Default: 32 MiB.</summary>
    [Setting("takes bytes, optionally with K, M or G", Bytes = true, Min = 0)]
    public long MemoryTotal { get; init; } = 32 << 20;

    /// <summary>
    /// All spool files together, in bytes; over it a request is answered "no spool space". Default: 20 GiB, ten of the largest files.
    /// </summary>
    [Setting("takes bytes, optionally with K, M or G", Bytes = true, Min = 1)]
    public long DiskTotal { get; init; } = 20L << 30;

    /// <summary>
    /// How much of the spool files' room one client's files may take until they are delivered, in percent of what it has and what is free:
    /// with 50, one client alone gets half of DiskTotal, two get a third each. A client's only file may take all that is free; what lies in
    /// the store takes none. Behind a proxy that TRUSTED_PROXIES does not name, all its clients are one. Default: 50; 100: no bound for one
    /// client.
    /// </summary>
    [Setting("takes a percentage from 1 to 100", Min = 1, Max = 100)]
    public int ClientShare { get; init; } = 50;

    /// <summary>The folder that is used.</summary>
    internal string Folder => Path.Length > 0 ? Path : FolderBesideStore ?? System.IO.Path.GetTempPath();

    /// <summary>The folder to use where <see cref="Path"/> is unset; null without a store. It is made at the start.</summary>
    public string? FolderBesideStore { get; set; }

    public IEnumerable<SettingProblem> Problems()
    {
        // The folder beside the store is made later, and the store has been written to by then.
        if (Path.Length == 0 && FolderBesideStore is not null)
        {
            yield break;
        }

        if (!Directory.Exists(Folder))
        {
            yield return new(nameof(Path), Folder, "takes the path of a folder that exists");
        }
        else if (!ProbeFile.CanBeMade(Folder))
        {
            yield return new(nameof(Path), Folder, "takes the path of a folder that ClamProxy may write to");
        }
    }

    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    internal void CreateFolderBesideStore()
    {
        if (Path.Length == 0 && FolderBesideStore is { } folder)
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
