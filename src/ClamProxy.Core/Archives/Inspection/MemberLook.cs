using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>Looks into something that lies in an archive.</summary>
/// <param name="content">Its bytes.</param>
/// <param name="kind">What it may be.</param>
/// <param name="place">What it is to the archive that holds it.</param>
internal delegate Task MemberLook(IContentReader content, MemberKind kind, MemberPlace place);
