namespace ClamProxy.Core.Scanning;

/// <summary>By what scans under way are shared.</summary>
/// <param name="Sha256">The content's SHA-256.</param>
/// <param name="IsRecorded">Whether the verdict is recorded: who wants that does not join a scan that does not.</param>
internal readonly record struct ScanKey(string Sha256, bool IsRecorded);
