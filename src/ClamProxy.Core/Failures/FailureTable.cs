using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Failures;

/// <summary>The one table of failure reasons: blame, retry, log level and metric tag.</summary>
public static class FailureTable
{
    public static FailureFacts Facts(this FailureReason reason) => reason switch
    {
        FailureReason.Internal => new(Blame.Ourselves, false, LogLevel.Error, "internal"),
        FailureReason.ClientGone => new(Blame.Client, false, LogLevel.Debug, "client-gone"),
        FailureReason.UpstreamForbidden => new(Blame.Client, false, LogLevel.Warning, "upstream-forbidden"),
        FailureReason.UpstreamLoop => new(Blame.Client, false, LogLevel.Warning, "upstream-loop"),
        FailureReason.UpstreamUnreachable => new(Blame.Upstream, true, LogLevel.Warning, "upstream-unreachable"),
        FailureReason.UpstreamTlsFailed => new(Blame.Upstream, false, LogLevel.Warning, "upstream-tls-failed"),
        FailureReason.UpstreamProtocol => new(Blame.Upstream, false, LogLevel.Warning, "upstream-protocol"),
        FailureReason.UpstreamTruncated => new(Blame.Upstream, true, LogLevel.Warning, "upstream-truncated"),
        FailureReason.UpstreamTimedOut => new(Blame.Upstream, false, LogLevel.Warning, "upstream-timed-out"),
        FailureReason.UpstreamRedirects => new(Blame.Upstream, false, LogLevel.Warning, "upstream-redirects"),
        FailureReason.ContentChanged => new(Blame.Upstream, false, LogLevel.Warning, "content-changed"),
        FailureReason.Unrewritable => new(Blame.Upstream, false, LogLevel.Warning, "unrewritable"),
        FailureReason.ForeignLinks => new(Blame.Upstream, false, LogLevel.Warning, "foreign-links"),
        FailureReason.BodyBroken => new(Blame.Client, false, LogLevel.Information, "body-broken"),
        FailureReason.BodyTimedOut => new(Blame.Client, false, LogLevel.Information, "body-timed-out"),
        FailureReason.TooLarge => new(Blame.Upstream, false, LogLevel.Information, "too-large"),
        FailureReason.SpoolFull => new(Blame.Capacity, false, LogLevel.Warning, "spool-full"),
        FailureReason.Overloaded => new(Blame.Capacity, false, LogLevel.Warning, "overloaded"),
        FailureReason.ObjectsUnavailable => new(Blame.Ourselves, false, LogLevel.Warning, "objects-unavailable"),
        FailureReason.ObjectsFull => new(Blame.Capacity, false, LogLevel.Warning, "objects-full"),
        FailureReason.JobsUnavailable => new(Blame.Ourselves, false, LogLevel.Warning, "jobs-unavailable"),
        FailureReason.ScannerUnavailable => new(Blame.Scanner, false, LogLevel.Warning, "scanner-unavailable"),
        FailureReason.NotStored => new(Blame.Client, false, LogLevel.Debug, "not-stored"),
        FailureReason.StillScanning => new(Blame.Capacity, false, LogLevel.Debug, "still-scanning"),
        FailureReason.RefusedLate => new(Blame.Upstream, false, LogLevel.Warning, "refused-late"),
        FailureReason.Stopping => new(Blame.Ourselves, false, LogLevel.Information, "stopping"),
    };
}
