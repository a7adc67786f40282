using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>Passes on, straight from upstream, files that have a clean verdict already: bounded in number, and held back until they prove to be what they were.</summary>
internal sealed class KnownStreams(
    UpstreamClient upstream, StoredAnswers stored, KnownVerdicts known, GateOptions options, GateReport report, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _streams = new(options.MaxStreams);

    public void Dispose() => _streams.Dispose();

    /// <returns>Null when it has to be downloaded whole: nothing is known to be clean, or it is wanted whole.</returns>
    public async Task<GateResult?> OpenAsync(GateRequest request, Known found, Delivery delivery, CancellationToken clientGone)
    {
        if (found.Clean is not var (url, content) || request.NeedsWholeFile || delivery == Delivery.Hold)
        {
            return null;
        }

        return _streams.Wait(TimeSpan.Zero, clientGone)
            ? await StreamAsync(request, Representation.KeyOfContent(request), found.Passage, url, content, clientGone).ConfigureAwait(false)
            : new GateResult.Failed(found.Passage, new Failure(FailureReason.Overloaded, "As many files as MaxStreams allows are being passed on."));
    }

    /// <summary>Passes on what has a clean verdict already; null when upstream's head shows that it is not that content any more.</summary>
    private async Task<GateResult?> StreamAsync(
        GateRequest request, UrlKey key, Passage passage, UrlRecord url, ContentRecord content, CancellationToken clientGone)
    {
        HeldBackBody? body = null;
        UpstreamResponse? response = null;
        try
        {
            var started = clock.GetTimestamp();
            var answer = await upstream.FetchAsync(new UpstreamRequest(request.Target, request.Headers) { Client = request.Client }, clientGone).ConfigureAwait(false);
            passage = passage with { Fetch = clock.GetElapsedTime(started) };
            if (answer.Failure is { } failure)
            {
                return new GateResult.Failed(passage, failure);
            }

            response = answer.Response!;
            var head = UpstreamHead.Of(response);
            if (head.Status == 304)
            {
                return new GateResult.NotModified(passage, head);
            }

            if (!IsStill(url, head, response.ContentLength))
            {
                return null;
            }

            var copy = stored.Copy(request, head, content, response.ContentLength);
            body = new HeldBackBody(response, url, options.HoldBackBytes, copy, changed: () => ForgetAsync(request, key), ended: () => _streams.Release());
            return new GateResult.Streamed(passage, head, body, content);
        }
        finally
        {
            if (body is null)
            {
                _streams.Release();
                if (response is not null)
                {
                    await response.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private ValueTask ForgetAsync(GateRequest request, UrlKey key)
    {
        report.ContentChanged(request);
        return known.ForgetAsync(key);
    }

    /// <summary>Whether upstream's head still fits the content that the verdict was given for. A content coding never does: none was recorded.</summary>
    private static bool IsStill(UrlRecord url, UpstreamHead head, long? length) =>
        head.Status == 200
        && (length is null || length == url.Size)
        && head.First("Content-Encoding") is null
        && (url.ETag is null || head.First("ETag") is not { } etag || etag == url.ETag);
}
