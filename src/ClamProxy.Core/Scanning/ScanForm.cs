using ClamProxy.Core.Files;

namespace ClamProxy.Core.Scanning;

/// <summary>One form of a content that a client may take it in: as it came, or decoded.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Sha256">Their SHA-256, which the verdict names. Asked for when a scanner is at work.</param>
internal sealed record ScanForm(IContentReader Content, Func<Task<string>> Sha256);
