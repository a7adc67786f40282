namespace ClamProxy.Core.Archives;

/// <summary>An archive that does not begin at its file's first byte, or is not its file's last: a scanner may not have opened it.</summary>
/// <param name="Start">Where its offsets count from.</param>
/// <param name="First">Where its first member is; what lies between is none of it.</param>
/// <param name="EndsAt">Where it ends.</param>
internal readonly record struct HiddenArchive(long Start, long First, long EndsAt)
{
    public long Length => EndsAt - Start;
}
