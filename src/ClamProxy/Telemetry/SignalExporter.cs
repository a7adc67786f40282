namespace ClamProxy.Telemetry;

/// <summary>Where one signal (traces, metrics) goes, by the names of the OpenTelemetry specification.</summary>
public enum SignalExporter
{
    /// <summary>To the collector.</summary>
    Otlp = 0,

    /// <summary>Nowhere: it is not made.</summary>
    None,
}
