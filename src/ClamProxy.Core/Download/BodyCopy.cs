using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;

namespace ClamProxy.Core.Download;

/// <summary>One body on its way from upstream to a sink, under an idle and a total deadline and at no less than the least rate.</summary>
internal sealed class BodyCopy
{
    public static readonly Failure Left = new(FailureReason.ClientGone, "The client left before its answer was ready.");

    private readonly DownloadOptions _options;
    private readonly PaceLimits _limits;
    private readonly PacedCopy _copy;

    /// <param name="sink">Takes a piece; a failure it returns ends the download.</param>
    /// <param name="options">How long upstream may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="silence">The longest silence inside the body, in place of the options' where it is shorter.</param>
    public BodyCopy(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<Failure?>> sink,
        DownloadOptions options,
        TimeProvider time,
        TimeSpan? silence = null)
    {
        _options = options;
        _limits = new PaceLimits(
            silence < options.IdleTimeout ? silence.Value : options.IdleTimeout, options.TotalTimeout, options.MinUpstreamRate);
        _copy = new PacedCopy(sink, _limits, time);
    }

    public long Bytes => _copy.Bytes;

    /// <summary>Null when the body was whole.</summary>
    public async Task<Failure?> RunAsync(HttpContent content, long? length, CancellationToken cancellationToken)
    {
        var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var copied = await _copy.RunAsync(body, length, cancellationToken).ConfigureAwait(false);
        return copied.End switch
        {
            CopyEnd.Whole => null,
            CopyEnd.Refused => copied.Refusal,
            CopyEnd.Broken => UpstreamFaults.Classify(copied.Cause!, inBody: true),
            // The HTTP client checks this for HTTP/1.1; HTTP/2 streams may end early without its complaint.
            CopyEnd.Shorter => new(FailureReason.UpstreamTruncated, $"The upstream server sent {Bytes} of {length} bytes."),
            CopyEnd.Longer => new(FailureReason.UpstreamProtocol, $"The upstream server sent more than the announced {length} bytes."),
            CopyEnd.Silent =>
                new(FailureReason.UpstreamTimedOut, $"The upstream server sent nothing for {_limits.Silence.TotalSeconds:0.###} s."),
            CopyEnd.OverTime => new(
                FailureReason.UpstreamTimedOut,
                $"The upstream server did not send the whole file within {_options.TotalTimeout.TotalSeconds:0.###} s."),
            CopyEnd.BelowRate => new(
                FailureReason.UpstreamTimedOut,
                $"The upstream server sent less than {_options.MinUpstreamRate} bytes a second for {SenderPace.Window.TotalSeconds:0} s."),
        };
    }
}
