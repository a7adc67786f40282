using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching;

/// <summary>A stored file whose clean verdict does not stand any more.</summary>
/// <param name="Verdict">What was found.</param>
/// <param name="Since">When it was stored; where it was found without an URL (a rescan in idle time), when it was last used. Clients may have it.</param>
public sealed record TurnedBad(ContentRecord Verdict, DateTimeOffset Since);
