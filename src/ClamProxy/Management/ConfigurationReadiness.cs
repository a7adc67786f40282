namespace ClamProxy.Management;

/// <summary>The configuration, as /readyz shows it. A wrong one does not make the process unready: the one before stays in force.</summary>
/// <param name="LoadedAt">When the one in force was read.</param>
/// <param name="Problem">What is wrong with the one that was to take its place; null: nothing.</param>
internal sealed record ConfigurationReadiness(DateTimeOffset LoadedAt, string? Problem);
