namespace ClamProxy.Admin.Verdicts;

/// <summary>What was removed.</summary>
/// <param name="Answers">Answers of URLs; null: each is removed when it is next asked for, which is not counted.</param>
/// <param name="Verdicts">Verdicts of contents; null as above.</param>
/// <param name="Files">Files of the store; null as above.</param>
/// <param name="Shared">Whether the other processes know of it; false: Redis does not answer, and they learn of it when it does.</param>
internal sealed record PurgeAnswer(int? Answers, int? Verdicts, int? Files, bool Shared);
