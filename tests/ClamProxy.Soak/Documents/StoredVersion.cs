namespace ClamProxy.Soak.Documents;

/// <summary>A version that a process said to have stored.</summary>
/// <param name="At">The time stamp of its word.</param>
internal sealed record StoredVersion(int Number, long At);
