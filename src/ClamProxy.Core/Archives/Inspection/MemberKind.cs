namespace ClamProxy.Core.Archives.Inspection;

/// <summary>What a member may be to somebody who opens it.</summary>
internal enum MemberKind
{
    /// <summary>Nothing that has a directory.</summary>
    Other = 0,

    /// <summary>A zip, whatever is in front of it.</summary>
    Zip,

    /// <summary>A cabinet and nothing else.</summary>
    Cabinet,

    /// <summary>A tar, gzip, bzip2, xz, .deb or .rpm: looked into as far as memory allows.</summary>
    Packed,
}
