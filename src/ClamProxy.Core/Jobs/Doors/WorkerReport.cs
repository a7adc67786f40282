namespace ClamProxy.Core.Jobs.Doors;

/// <summary>What a process with workers says of itself, every few seconds and with each answer.</summary>
/// <param name="Name">The process, such as <c>host-4711</c>.</param>
/// <param name="MayWork">Whether one of its scanners may work.</param>
/// <param name="Engine">The engine of its scanners, such as <c>1.4.6</c>; null: none of them names one.</param>
/// <param name="Database">The newest signature database of its scanners; null: none of them reports one.</param>
/// <param name="DatabaseDate">When that database was made; null: not known.</param>
/// <param name="Rescan">Verdicts whose scan began before this are to be given again: Unix time in milliseconds.</param>
public sealed record WorkerReport(
    string Name, bool MayWork, string? Engine, int? Database, DateTimeOffset? DatabaseDate, long Rescan);
