using ClamProxy.Core.Archives.Inspection;

namespace ClamProxy.Core.Archives.Tar;

/// <summary>A file in a tar that may have a directory itself.</summary>
/// <param name="At">Where it begins in what the tar is unpacked to.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Kind">What it may be.</param>
/// <param name="Place">A file of the tar; a layer where what was read is no tar.</param>
internal readonly record struct TarMember(long At, long Length, MemberKind Kind, MemberPlace Place);
