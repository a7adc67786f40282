namespace ClamProxy.Telemetry;

/// <summary>Which requests are traced, by the names of the OpenTelemetry specification.</summary>
public enum TracesSampler
{
    /// <summary>As the client's <c>traceparent</c> says; every request that has none.</summary>
    ParentBasedAlwaysOn = 0,

    /// <summary>As the client's <c>traceparent</c> says; no request that has none.</summary>
    ParentBasedAlwaysOff,

    /// <summary>As the client's <c>traceparent</c> says; a part of the requests that have none.</summary>
    ParentBasedTraceIdRatio,

    /// <summary>Every request.</summary>
    AlwaysOn,

    /// <summary>No request.</summary>
    AlwaysOff,

    /// <summary>A part of all requests, whatever the client's <c>traceparent</c> says.</summary>
    TraceIdRatio,
}
