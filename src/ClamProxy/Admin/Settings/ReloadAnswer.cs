namespace ClamProxy.Admin.Settings;

/// <summary>What became of a reload.</summary>
/// <param name="Outcome">done, or unchanged.</param>
/// <param name="Changed">The keys of settings that have another value now.</param>
/// <param name="NeedRestart">The keys of settings that have another value only after the next start.</param>
internal sealed record ReloadAnswer(string Outcome, IReadOnlyList<string> Changed, IReadOnlyList<string> NeedRestart);
