namespace ClamProxy.Core.Archives.Inspection;

/// <summary>What something in an archive is to whoever unpacks the archive.</summary>
internal enum MemberPlace
{
    /// <summary>
    /// A layer: whoever opens the outer opens this too (what a gzip unpacks to, the parts of a .deb or .rpm). What is wrong with it is
    /// wrong with the whole.
    /// </summary>
    Layer = 0,

    /// <summary>A file among others: it is written to a disk as it is, and opened by somebody who means to.</summary>
    File,
}
