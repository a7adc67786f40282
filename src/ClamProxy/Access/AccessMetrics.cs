using System.Diagnostics.Metrics;

namespace ClamProxy.Access;

/// <summary>Refused requests. Meter <c>ClamProxy.Access</c>.</summary>
internal sealed class AccessMetrics
{
    private readonly Counter<long> _refusals;

    public AccessMetrics(IMeterFactory meters)
    {
        _refusals = meters.Create("ClamProxy.Access").CreateCounter<long>(
            "clamproxy.access.refusals", "{request}", "Requests that were refused for lack of credentials or trust, by port and reason.");
        // Seen from the start: an alert on a counter that was never there does not fire.
        _refusals.Add(0, new("surface", Tag(AccessSurface.Proxy)), new("reason", Tag(AccessOutcome.Wrong)));
    }

    public void Refused(AccessSurface surface, AccessOutcome outcome) =>
        _refusals.Add(1, new("surface", Tag(surface)), new("reason", Tag(outcome)));

    public void RefusedSource() => _refusals.Add(1, new("surface", Tag(AccessSurface.Proxy)), new("reason", "untrusted-client"));

    private static string Tag(AccessSurface surface) => surface switch
    {
        AccessSurface.None => "none",
        AccessSurface.Proxy => "proxy",
        AccessSurface.Management => "management",
        AccessSurface.Api => "api",
    };

    private static string Tag(AccessOutcome outcome) => outcome switch
    {
        AccessOutcome.Missing => "no-credentials",
        AccessOutcome.Wrong => "wrong-credentials",
        AccessOutcome.Busy => "busy",
        AccessOutcome.Granted => "none",
    };
}
