using ClamProxy.Core.Archives.Inspection;

namespace ClamProxy.Core.Archives.Tar;

/// <summary>A file in a tar that may have a directory itself.</summary>
/// <param name="At">Where it begins in what the tar is unpacked to.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Kind">What it may be.</param>
internal readonly record struct TarMember(long At, long Length, MemberKind Kind);
