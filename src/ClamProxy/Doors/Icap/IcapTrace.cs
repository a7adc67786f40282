using System.Diagnostics;
using ClamProxy.Doors.Icap.Protocol;

namespace ClamProxy.Doors.Icap;

/// <summary>The span of one ICAP request; null, and next to free, unless somebody listens.</summary>
internal static class IcapTrace
{
    private static readonly ActivitySource Source = new("ClamProxy.Icap");

    public static Activity? Request(IcapHead head)
    {
        var span = Source.StartActivity("clamproxy.icap", ActivityKind.Server);
        return span?.SetTag("clamproxy.icap.method", head.Method);
    }

    public static void Ended(this Activity? span, string outcome) => span?.SetTag("clamproxy.answer", outcome);
}
