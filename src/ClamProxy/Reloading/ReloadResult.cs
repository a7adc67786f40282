namespace ClamProxy.Reloading;

/// <summary>What became of a reload.</summary>
/// <param name="Outcome">Whether the new configuration is in force.</param>
/// <param name="Problems">What is wrong with it, one line each, without secrets.</param>
/// <param name="Changed">The keys of settings that have another value now.</param>
/// <param name="NeedRestart">The keys of settings that have another value only after the next start.</param>
internal sealed record ReloadResult(
    ReloadOutcome Outcome, IReadOnlyList<string> Problems, IReadOnlyList<string> Changed, IReadOnlyList<string> NeedRestart);
