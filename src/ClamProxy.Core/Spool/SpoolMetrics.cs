using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Spool;

/// <summary>How much room spools take at the moment.</summary>
public sealed class SpoolMetrics(IMeterFactory meters)
{
    private readonly Meter _meter = meters.Create("ClamProxy.Spool");

    internal void Observe(SpoolFolder folder)
    {
        _meter.CreateObservableUpDownCounter(
            "clamproxy.spool.disk.usage", () => folder.Disk.InUse, "By", "Bytes of bodies in spool files.");
        _meter.CreateObservableUpDownCounter(
            "clamproxy.spool.memory.usage", () => folder.Memory.InUse, "By", "Bytes of memory that small bodies take.");
    }
}
