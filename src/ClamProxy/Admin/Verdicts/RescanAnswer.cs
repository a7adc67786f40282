namespace ClamProxy.Admin.Verdicts;

/// <summary>Contents are scanned again before they are delivered.</summary>
/// <param name="Contents">How many; null: all.</param>
/// <param name="Shared">Whether the other processes know of it; false: Redis does not answer, and they learn of it when it does.</param>
internal sealed record RescanAnswer(int? Contents, bool Shared);
