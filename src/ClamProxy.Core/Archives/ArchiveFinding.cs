using ClamProxy.Core.Archives.Inspection;

namespace ClamProxy.Core.Archives;

/// <summary>What an archive's own directory says.</summary>
/// <param name="Trouble">What is wrong; None when nothing is.</param>
/// <param name="Detail">One sentence for people; null when nothing is wrong.</param>
/// <param name="Embedded">Archives that the scanner may not have opened: each was scanned by itself.</param>
internal sealed record ArchiveFinding(ArchiveTrouble Trouble, string? Detail, IReadOnlyList<EmbeddedArchive> Embedded)
{
    /// <summary>Besides the trouble, a member of it is an ambiguous archive: <see cref="ArchiveTrouble.Ambiguous"/>.</summary>
    public bool IsAlsoAmbiguous { get; init; }

    /// <summary>How many contents were scanned behind a front of ours.</summary>
    public int Prefixed { get; init; }
}
