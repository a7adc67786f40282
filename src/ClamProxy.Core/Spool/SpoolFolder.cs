using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>Makes spools: in memory while they are small and room is left, in files that have no name.</summary>
public sealed class SpoolFolder
{
    private const string Prefix = "clamproxy-spool-";
    private readonly SpoolOptions _options;

    public SpoolFolder(SpoolOptions options, SpoolMetrics metrics, ILogger<SpoolFolder> logger)
    {
        _options = options;
        Memory = new SharedRoom(options.MemoryTotal, share: 100);
        Disk = new SharedRoom(options.DiskTotal, share: options.ClientShare);
        metrics.Observe(this);
        _options.CreateFolderBesideStore();
        Sweep(logger);
    }

    /// <summary>The largest body a spool takes, in bytes.</summary>
    public long MaxFileSize => _options.MaxFileSize;

    /// <summary>Where the spool files are.</summary>
    public string Path => _options.Folder;

    /// <summary>Why no file can be spooled at the moment, in words; null: nothing is known against it.</summary>
    public string? Problem => NativeFile.Room(Path) is { IsFull: true } ? $"the disk of {Path} is full" : null;

    /// <summary>Bytes of bodies in files, of all that there may be.</summary>
    public (long InUse, long Total) DiskUsage => (Disk.InUse, Disk.Total);

    /// <summary>Bytes of memory that small bodies take, of all that they may.</summary>
    public (long InUse, long Total) MemoryUsage => (Memory.InUse, Memory.Total);

    internal long MemoryThreshold => _options.MemoryThreshold;

    internal SharedRoom Memory { get; }

    internal SharedRoom Disk { get; }

    /// <summary>Why a body of this many bytes is not taken; null when it is, or when its length is not known yet.</summary>
    public Failure? Refuse(long? length) => length > _options.MaxFileSize
        ? new(FailureReason.TooLarge, $"The body is larger than MAX_FILE_SIZE ({_options.MaxFileSize} bytes).")
        : null;

    /// <summary>Starts a spool; nothing is taken from memory or disk before its first write.</summary>
    /// <param name="expectedLength">The body's announced length in bytes, if upstream announced one.</param>
    /// <param name="takesAnySize">True: only the spool's own bound counts, not <see cref="MaxFileSize"/>.</param>
    /// <param name="clients">In whose share of the room it counts, until the last of them has read it; null: in nobody's.</param>
    /// <param name="yields">Whether it gives way where there is nothing to spare (<see cref="HasSpare"/>); null: never.</param>
    public SpoolWriter Create(
        long? expectedLength, bool takesAnySize = false, WaitingClients? clients = null, Func<bool>? yields = null) =>
        new(this, expectedLength, takesAnySize, clients ?? WaitingClients.Of(null), yields);

    /// <summary>Whether at least half of the room for files is free, and of what this client may have of it.</summary>
    public bool HasSpare(string? client) => Disk.HasSpare(client, 0);

    /// <summary>Why a body gets no more room.</summary>
    internal Failure Full(RoomOutcome answer) => new(FailureReason.SpoolFull, answer == RoomOutcome.ShareIsFull
        ? $"The files that this client waits for or is receiving take as much spool space as one client may have ({_options.ClientShare} "
            + "% of what it has and what is free)."
        : "The spool is full (ClamProxy:Spool:DiskTotal).");

    /// <summary>
    /// Opens a file that only this process and those it hands the descriptor to can reach: it has no name when its first byte comes.
    /// </summary>
    /// <exception cref="IOException">No space, no descriptors left, or no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    internal SafeFileHandle OpenNameless() => NamelessFile.Create(_options.Folder, Prefix);

    /// <summary>
    /// Removes what a process killed between creating and unnaming a file has left. Several processes may share the folder: one that
    /// is just between the two loses the name that it was about to remove, and keeps its file.
    /// </summary>
    private void Sweep(ILogger logger)
    {
        foreach (var left in Directory.EnumerateFiles(_options.Folder, Prefix + "*"))
        {
            try
            {
                File.Delete(left);
                logger.Swept(left);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.NotSwept(left, e);
            }
        }
    }
}
