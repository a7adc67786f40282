namespace ClamProxy.Core.Events;

/// <summary>A late detection whose events are not in the queue yet.</summary>
/// <param name="Sha256">The content.</param>
/// <param name="Since">Rows of the record whose last delivery is later are to be told: milliseconds since 1970.</param>
/// <param name="Version">Another one as soon as it is found again.</param>
internal sealed record PendingDetection(string Sha256, long Since, long Version);
