namespace ClamProxy.Core.Fetching;

/// <summary>Where a stored file is, and since when.</summary>
/// <param name="Location">Its path below the store's folder <c>v1/contents</c>, for a server that sends it in our place; null: what is sent
/// is not that file.</param>
/// <param name="Age">How old it is (RFC 9111 §4.2.3).</param>
public sealed record StoredPlace(string? Location, TimeSpan Age);
