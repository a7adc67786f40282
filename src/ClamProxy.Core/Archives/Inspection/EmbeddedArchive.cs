namespace ClamProxy.Core.Archives.Inspection;

/// <summary>
/// An archive that a scanner may not have opened whole: it does not begin at its file's first byte, is not its file's last, or has sizes of
/// 64 bits.
/// </summary>
/// <param name="Start">Where its offsets count from.</param>
/// <param name="First">Where its first member is; what lies between is none of it.</param>
/// <param name="EndsAt">Where it ends.</param>
internal readonly record struct EmbeddedArchive(long Start, long First, long EndsAt)
{
    public long Length => EndsAt - Start;

    /// <summary>Sizes to be rewritten for the scanner, in the order of the file; null: none.</summary>
    public IReadOnlyList<SizePatch>? Patches { get; init; }
}
