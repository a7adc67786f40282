using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamProxy.Doors.Api.Monitoring;

/// <summary>All scanners, each as a member that is called host:port.</summary>
/// <param name="Timestamp">When this was so: seconds since 1970.</param>
internal sealed record MonitorScanners(double Timestamp)
{
    /// <summary>A <see cref="MonitorScanner"/> each.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> Scanners { get; } = new Dictionary<string, JsonElement>();
}
