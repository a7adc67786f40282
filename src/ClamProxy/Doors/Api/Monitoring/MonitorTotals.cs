namespace ClamProxy.Doors.Api.Monitoring;

/// <summary>What became of scans.</summary>
/// <param name="Infected">Contents in which something was found.</param>
/// <param name="Cleaned">Contents that are clean.</param>
/// <param name="Errors">Scans without such a verdict.</param>
internal sealed record MonitorTotals(long Infected, long Cleaned, long Errors);
