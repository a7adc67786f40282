using ClamProxy.Core.Failures;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Problems;

/// <summary>The HTTP door's one table: which status and title each failure gets.</summary>
internal static class FailureProblems
{
    /// <summary>cargo waits no longer than this, and a landed flight lingers for more.</summary>
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(10);

    public static Problem Of(Failure failure, TimeSpan? retryAfter = null)
    {
        var (status, title) = Reply(failure.Reason);
        return new Problem(status, failure.Reason.Facts().Tag, title, failure.Detail)
        {
            RetryAfter = status != StatusCodes.Status503ServiceUnavailable ? null
                : failure.Reason == FailureReason.StillScanning && retryAfter > SoonEnough ? SoonEnough
                : retryAfter,
        };
    }

    private static (int Status, string Title) Reply(FailureReason reason) => reason switch
    {
        FailureReason.Internal => (StatusCodes.Status500InternalServerError, "Internal error"),
        FailureReason.ClientGone => (StatusCodes.Status499ClientClosedRequest, "Client closed request"),
        FailureReason.UpstreamForbidden => (StatusCodes.Status403Forbidden, "Upstream not allowed"),
        FailureReason.UpstreamLoop => (StatusCodes.Status403Forbidden, "Upstream leads back here"),
        FailureReason.UpstreamUnreachable => (StatusCodes.Status502BadGateway, "Upstream unreachable"),
        FailureReason.UpstreamTlsFailed => (StatusCodes.Status502BadGateway, "Upstream TLS failed"),
        FailureReason.UpstreamProtocol => (StatusCodes.Status502BadGateway, "Upstream sent bad HTTP"),
        FailureReason.UpstreamTruncated => (StatusCodes.Status502BadGateway, "Upstream body incomplete"),
        FailureReason.UpstreamRedirects => (StatusCodes.Status502BadGateway, "Upstream redirects lead nowhere"),
        FailureReason.UpstreamTimedOut => (StatusCodes.Status504GatewayTimeout, "Upstream too slow"),
        FailureReason.ContentChanged => (StatusCodes.Status502BadGateway, "Upstream content changed"),
        FailureReason.Unrewritable => (StatusCodes.Status409Conflict, "Links cannot be rewritten"),
        FailureReason.ForeignLinks => (StatusCodes.Status409Conflict, "Links lead past the scanner"),
        FailureReason.BodyBroken => (StatusCodes.Status400BadRequest, "Body incomplete"),
        FailureReason.BodyTimedOut => (StatusCodes.Status408RequestTimeout, "Body too slow"),
        FailureReason.TooLarge => (StatusCodes.Status409Conflict, $"Unscannable {UnscannableReason.TooLarge.Name()}"),
        FailureReason.SpoolFull => (StatusCodes.Status503ServiceUnavailable, "No spool space"),
        FailureReason.ObjectsUnavailable => (StatusCodes.Status503ServiceUnavailable, "Contents cannot be stored or read"),
        FailureReason.ObjectsFull => (StatusCodes.Status503ServiceUnavailable, "No room for contents"),
        FailureReason.JobsUnavailable => (StatusCodes.Status503ServiceUnavailable, "Jobs cannot be accepted or read"),
        FailureReason.Overloaded => (StatusCodes.Status503ServiceUnavailable, "Too much work waiting"),
        FailureReason.ScannerUnavailable => (StatusCodes.Status503ServiceUnavailable, "No scanner answers"),
        FailureReason.NotStored => (StatusCodes.Status504GatewayTimeout, "Not stored"),
        FailureReason.StillScanning => (StatusCodes.Status503ServiceUnavailable, "Still scanning"),
        FailureReason.RefusedLate => (StatusCodes.Status409Conflict, "Refused"),
        FailureReason.Stopping => (StatusCodes.Status503ServiceUnavailable, "Stopping"),
    };
}
