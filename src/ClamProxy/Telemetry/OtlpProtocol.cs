namespace ClamProxy.Telemetry;

/// <summary>How traces and metrics are sent to a collector, by the names of the OpenTelemetry specification.</summary>
public enum OtlpProtocol
{
    /// <summary><c>http/protobuf</c>: one POST for each batch. Collectors listen on port 4318.</summary>
    HttpProtobuf = 0,

    /// <summary><c>grpc</c>: over HTTP/2. Collectors listen on port 4317.</summary>
    Grpc,
}
