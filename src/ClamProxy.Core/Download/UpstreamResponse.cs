using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>An answer whose head is read and whose body is still to come.</summary>
public sealed class UpstreamResponse : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly DownloadOptions _options;
    private readonly DownloadMetrics _metrics;
    private readonly TimeProvider _time;

    internal UpstreamResponse(HttpResponseMessage response, DownloadOptions options, DownloadMetrics metrics, TimeProvider time)
    {
        _response = response;
        _options = options;
        _metrics = metrics;
        _time = time;
        Headers = [.. HeadCheck.All(response)];
        ContentLength = Length(response);
        IsFramed = ContentLength is not null || response.Version.Major >= 2 || response.Headers.TransferEncodingChunked == true;
        FinalTarget = response.RequestMessage!.Options.TryGetValue(RedirectFollower.FinalTarget, out var target)
            ? target
            : throw new InvalidOperationException("An answer came past the redirect follower.");
        RedirectedTo = RedirectFollower.RedirectedTo(response);
    }

    public int Status => (int)_response.StatusCode;

    /// <summary>Whether other requests share its connection (HTTP/2), so that it may break off for one of theirs.</summary>
    public bool SharesConnection => _response.Version.Major > 1;

    /// <summary>Null over HTTP/2, which has none. Untrusted text.</summary>
    public string? ReasonPhrase => HeadCheck.ReasonPhrase(_response);

    /// <summary>All header lines as received, hop-by-hop ones too; bytes outside ASCII are Latin-1 characters.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Bytes of the body, where upstream says so: 0 for 204 and 304.</summary>
    public long? ContentLength { get; }

    /// <summary>
    /// Whether the protocol says where the body ends (RFC 9112 §6.3). False: it ends with its connection, so that a whole body cannot be
    /// told from one that was cut off.
    /// </summary>
    public bool IsFramed { get; }

    /// <summary>Where the answer came from after all redirects.</summary>
    public Target FinalTarget { get; }

    /// <summary>The URL of <see cref="FinalTarget"/> without its query; null where no redirect led there.</summary>
    public string? RedirectedTo { get; }

    /// <summary>Hands the body to <paramref name="sink"/> piece by piece, still encoded. A piece is valid during its call only.</summary>
    /// <param name="sink">Takes a piece; a failure it returns ends the download.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <returns>Null when the whole body was handed over, else the failure.</returns>
    public Task<Failure?> CopyToAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<Failure?>> sink, CancellationToken cancellationToken) =>
        CopyToAsync(sink, _options.IdleTimeout, cancellationToken);

    /// <inheritdoc cref="CopyToAsync(Func{ReadOnlyMemory{byte}, CancellationToken, ValueTask{Failure?}}, CancellationToken)"/>
    /// <param name="silence">The longest silence inside the body, in place of <see cref="DownloadOptions.IdleTimeout"/>; a longer one does
    /// not count.</param>
    public async Task<Failure?> CopyToAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<Failure?>> sink, TimeSpan silence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var started = _time.GetTimestamp();
        var copy = new BodyCopy(sink, _options, _time, silence);
        Failure? failure = null;
        try
        {
            failure = await copy.RunAsync(_response.Content, ContentLength, cancellationToken).ConfigureAwait(false);
            return failure?.Reason.Facts().Blame == Blame.Upstream ? UpstreamFaults.At(FinalTarget, failure) : failure;
        }
        finally
        {
            var outcome = cancellationToken.IsCancellationRequested ? BodyCopy.Left : failure;
            _metrics.BodyEnded(outcome, copy.Bytes, _time.GetElapsedTime(started));
        }
    }

    public ValueTask DisposeAsync()
    {
        _response.Dispose();
        return ValueTask.CompletedTask;
    }

    private static long? Length(HttpResponseMessage response)
    {
        if ((int)response.StatusCode is 204 or 304)
        {
            return 0;
        }

        var values = HeadCheck.Values(response.Content.Headers, "Content-Length");
        return values.Length == 0 ? null : HeadCheck.ParseLength(values[0]);
    }
}
