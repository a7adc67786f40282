using System.Diagnostics;
using ClamProxy.Doors.Icap.Protocol;

namespace ClamProxy.Doors.Icap;

/// <summary>The span of one ICAP request; null, and next to free, unless somebody listens.</summary>
internal static class IcapTrace
{
    private static readonly ActivitySource Source = new("ClamProxy.Icap");

    /// <summary>A child of the client's span where the ICAP request has a <c>traceparent</c> (W3C Trace Context).</summary>
    public static Activity? Request(IcapHead head)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityContext.TryParse(head.First("traceparent"), null, isRemote: true, out var client);
        var span = Source.StartActivity("clamproxy.icap", ActivityKind.Server, client);
        return span?.SetTag("clamproxy.icap.method", head.Method);
    }

    public static void Ended(this Activity? span, string outcome) => span?.SetTag("clamproxy.answer", outcome);
}
