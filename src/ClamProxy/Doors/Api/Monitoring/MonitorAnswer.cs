namespace ClamProxy.Doors.Api.Monitoring;

/// <summary>The scanners and their findings, in the words that clients of ScanAsService know.</summary>
/// <param name="Monitor">One entry: this process.</param>
/// <param name="Clamav">One entry: this process.</param>
internal sealed record MonitorAnswer(IReadOnlyList<MonitorScanners> Monitor, IReadOnlyList<MonitorTotals> Clamav);
