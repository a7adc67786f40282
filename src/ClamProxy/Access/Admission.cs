namespace ClamProxy.Access;

/// <summary>Whether a request is let in, and as whom.</summary>
/// <param name="Name">The name of its credential; null: it is not let in, or nobody asks for credentials.</param>
internal readonly record struct Admission(AccessOutcome Outcome, string? Name);
