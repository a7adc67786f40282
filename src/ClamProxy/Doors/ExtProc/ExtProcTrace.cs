using System.Diagnostics;
using ClamProxy.Doors.ExtProc.Wire;
using Grpc.Core;

namespace ClamProxy.Doors.ExtProc;

/// <summary>
/// What the door adds to a trace. ASP.NET Core begins the span of a stream, which is a child of Envoy's (<c>traceparent</c>), and leaves
/// it without attributes; below it is a span for each body, from its headers to its answer. Null unless somebody listens.
/// </summary>
internal static class ExtProcTrace
{
    public static readonly ActivitySource Source = new("ClamProxy.ExtProc");

    private const string Service = "envoy.service.ext_proc.v3.ExternalProcessor";
    private const string Method = "Process";

    /// <summary>Names the span of a stream, which has ended (OpenTelemetry's attributes of gRPC servers).</summary>
    public static void StreamEnded(StatusCode status)
    {
        if (Activity.Current is not { IsAllDataRequested: true, Kind: ActivityKind.Server } span)
        {
            return;
        }

        span.DisplayName = $"{Service}/{Method}";
        span.SetTag("rpc.system", "grpc")
            .SetTag("rpc.service", Service)
            .SetTag("rpc.method", Method)
            .SetTag("rpc.grpc.status_code", (int)status);
        if (status is not (StatusCode.OK or StatusCode.Cancelled))
        {
            span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", $"{status}");
        }
    }

    public static Activity? Body(Direction direction, BodySendMode? mode)
    {
        var span = Source.StartActivity("clamproxy.ext_proc.body");
        span?.SetTag("clamproxy.direction", direction == Direction.Request ? "request" : "response")
            .SetTag("clamproxy.mode", mode?.ToString());
        return span;
    }

    public static void Ended(this Activity? span, MessageEnd end) => span?.SetTag("clamproxy.end", ExtProcMetrics.Tag(end));
}
