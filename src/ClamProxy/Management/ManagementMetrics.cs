using System.Diagnostics.Metrics;
using System.Reflection;

namespace ClamProxy.Management;

/// <summary>What a dashboard asks of the process as a whole. Meter <c>ClamProxy.Management</c>.</summary>
internal sealed class ManagementMetrics
{
    public const string MeterName = "ClamProxy.Management";

    public ManagementMetrics(IMeterFactory meters, Func<ReadinessReport> readiness)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "clamproxy.management.ready", () => readiness().IsReady ? 1 : 0, description: "1 while a request could be scanned, else 0.");
        meter.CreateObservableGauge(
            "clamproxy.management.build",
            () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", Version)),
            description: "Always 1; the label is the version that runs.");
    }

    private static string Version =>
        typeof(ManagementMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
