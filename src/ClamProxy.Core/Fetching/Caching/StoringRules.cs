namespace ClamProxy.Core.Fetching.Caching;

/// <summary>What of upstream's answers that may change is kept (RFC 9111 §3), as far as its head and the request say.</summary>
internal static class StoringRules
{
    /// <summary>
    /// Whether an answer is one client's, or nobody's to keep: private and no-store. must-understand lifts no-store where the status is
    /// known (§5.2.2.3), and forbids to keep one that is not.
    /// </summary>
    public static bool Forbids(UpstreamHead head)
    {
        var control = head.CacheControl;
        return control.IsPrivate
            || (control.MustUnderstand ? !CacheableStatus.IsUnderstood(head.Status) : control.NoStore);
    }

    /// <summary>
    /// Whether Surrogate-Control forbids to keep it. That field is a word to caches in an origin's service, which this one may be; nothing
    /// else of it counts.
    /// </summary>
    public static bool ForbidsSurrogates(UpstreamHead head) =>
        head.First("Surrogate-Control") is not null && CacheControl.Of(head.All("Surrogate-Control")).NoStore;

    /// <summary>
    /// Whether this status may be kept: a plain file always, since it can be asked about again; any other answer only as long as it is
    /// fresh, and by a request whose answer holds for all of its key.
    /// </summary>
    public static bool AllowStatus(GateRequest request, UpstreamHead head, DateTimeOffset askedAt)
    {
        var control = head.CacheControl;
        return head.Status == 200
            || (CacheableStatus.IsFinal(head.Status)
                && Representation.MayEvict(request, head)
                && (FreshnessLifetime.IsExplicit(head, control) || control.IsPublic || CacheableStatus.IsHeuristic(head.Status))
                && FreshnessLifetime.Of(head, control, askedAt) > TimeSpan.Zero);
    }
}
