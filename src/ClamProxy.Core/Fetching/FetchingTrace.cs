using System.Diagnostics;
using ClamProxy.Core.Fetching.Flights;

namespace ClamProxy.Core.Fetching;

/// <summary>
/// The spans of the steps that <see cref="ContentGate"/> draws. Each is null, and costs next to nothing, unless somebody listens. What
/// they say is from closed sets, but for the URL without its query.
/// </summary>
internal static class FetchingTrace
{
    public static readonly ActivitySource Source = new("ClamProxy.Fetching");

    /// <summary>Step 1: what is known of the URL.</summary>
    public static Activity? Lookup() => Source.StartActivity("clamproxy.lookup");

    public static void Found(this Activity? span, CacheOutcome known) => span?.SetTag("clamproxy.known", GateMetrics.Tag(known));

    /// <summary>
    /// Step 2: waiting for a flight. Where another request started it, this wait is linked to the flight's span, in that request's
    /// trace.
    /// </summary>
    public static Activity? Wait(Flight flight, bool isShared)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityLink[]? links = isShared && flight.Span is { } other ? [new(other.Context)] : null;
        var span = Source.StartActivity(ActivityKind.Internal, links: links, name: "clamproxy.wait");
        span?.SetTag("clamproxy.shared", isShared);
        return span;
    }

    /// <summary>
    /// Steps 3 to 7, whoever waits: a child of what the request that starts it is doing. It does not become the caller's current one.
    /// </summary>
    public static Activity? Flight()
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var own = Activity.Current;
        var span = Source.StartActivity("clamproxy.flight");
        Activity.Current = own;
        return span;
    }

    /// <summary>Steps 3 and 4: from asking upstream to the body's last byte.</summary>
    /// <param name="urlWithoutQuery">What is asked for.</param>
    /// <param name="attempt">1 for the first one.</param>
    public static Activity? Fetch(string urlWithoutQuery, int attempt)
    {
        var span = Source.StartActivity("clamproxy.fetch");
        span?.SetTag("url.full", urlWithoutQuery).SetTag("clamproxy.attempt", attempt);
        return span;
    }

    /// <summary>Step 7: keeping the file, and recording the verdict by the URL.</summary>
    public static Activity? Record() => Source.StartActivity("clamproxy.record");

    public static void Kept(this Activity? span, KeepOutcome outcome) => span?.SetTag("clamproxy.kept", outcome == KeepOutcome.Kept);
}
