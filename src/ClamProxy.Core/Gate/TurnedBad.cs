using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>A stored file whose clean verdict does not stand any more.</summary>
/// <param name="Verdict">What was found.</param>
/// <param name="Since">When it was stored: clients may have it since then.</param>
public sealed record TurnedBad(ContentRecord Verdict, DateTimeOffset Since);
