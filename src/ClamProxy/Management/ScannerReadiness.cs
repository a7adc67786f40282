namespace ClamProxy.Management;

/// <summary>One scanner, as /readyz shows it.</summary>
/// <param name="Endpoint">Where it listens, such as <c>tcp://127.0.0.1:3310</c>.</param>
/// <param name="IsUp">It answers.</param>
/// <param name="IsTrusted">It found its canaries: only then it gets work.</param>
/// <param name="Version">The engine's version, such as <c>ClamAV 1.4.6</c>; null while unknown.</param>
/// <param name="Database">The number of its signature database; null when its databases carry none.</param>
/// <param name="DatabaseDate">When that database was made.</param>
/// <param name="Problem">What is wrong with it and what to change, in words.</param>
/// <param name="TrustedSize">The largest file or archive member, in bytes, that it was shown to look at; null before its first
/// test.</param>
/// <param name="TellsEncrypted">It reports encrypted archives; it says OK to them where this is false.</param>
/// <param name="IsTooOld">Its signatures are older than SIGNATURE_MAX_AGE.</param>
/// <param name="IsDrained">An operator lets it have no new scans.</param>
internal sealed record ScannerReadiness(
    string Endpoint,
    bool IsUp,
    bool IsTrusted,
    string? Version = null,
    int? Database = null,
    DateTimeOffset? DatabaseDate = null,
    string? Problem = null,
    long? TrustedSize = null, bool? TellsEncrypted = null, bool IsTooOld = false, bool IsDrained = false);
