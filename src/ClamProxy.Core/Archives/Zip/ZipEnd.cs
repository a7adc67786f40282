using ClamProxy.Core.Archives.Inspection;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>One way to find an archive's directory. A file may have several: of two ends, or of one end that readers understand in two
/// ways.</summary>
/// <param name="Start">Where the archive begins: its offsets count from here.</param>
/// <param name="DirectoryAt">Where its directory begins in the file.</param>
/// <param name="DirectoryLength">The directory's bytes.</param>
/// <param name="Members">How many members the end announces.</param>
/// <param name="EndsAt">Where the file goes on behind it.</param>
/// <param name="IsLast">No other end's mark lies behind it, made up or not: a scanner that goes by a file's last finds this one.</param>
internal readonly record struct ZipEnd(long Start, long DirectoryAt, long DirectoryLength, ulong Members, long EndsAt, bool IsLast)
{
    /// <summary>It is the file's end to every reader: nothing lies behind it, and it announces nothing.</summary>
    public bool IsForAll { get; init; }

    /// <summary>What its end of 32 bits has to say for a scanner that does not read ends of 64 bits; null: it has none.</summary>
    public SizePatch? Wide { get; init; }
}
