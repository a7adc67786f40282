using System.Diagnostics;
using ClamProxy.Core.Fetching;

namespace ClamProxy.Doors.Http;

/// <summary>What the HTTP door adds to a trace. Nothing of it happens unless somebody listens.</summary>
internal static class HttpDoorTrace
{
    public static readonly ActivitySource Source = new("ClamProxy.Http");

    /// <summary>Step 8: sending what the gate answered.</summary>
    public static Activity? Deliver(GateResult result)
    {
        var span = Source.StartActivity("clamproxy.deliver");
        span?.SetTag("clamproxy.answer", result switch
        {
            GateResult.Whole => "whole",
            GateResult.Trickling => "trickling",
            GateResult.NotModified => "not-modified",
            GateResult.Refused => "refused",
            _ => "failed",
        });
        return span;
    }
}
