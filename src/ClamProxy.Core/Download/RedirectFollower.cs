using System.Collections.Frozen;
using System.Net;
using ClamProxy.Core.Failures;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Download;

/// <summary>
/// Sends a GET or HEAD and follows its redirects, each hop checked as the first was: as a target, by the guard's name check
/// here, by its address check when a connection is made.
/// </summary>
internal sealed class RedirectFollower(DownloadOptions options, UpstreamGuard guard, ILogger log, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    /// <summary>Where the answer really came from.</summary>
    public static readonly HttpRequestOptionsKey<Target> FinalTarget = new("ClamProxy.FinalTarget");

    private static readonly HttpRequestOptionsKey<bool> WasRedirected = new("ClamProxy.WasRedirected");

    /// <summary>
    /// What another origin than the one that was asked gets to see: nothing that a client may be known by, under whatever name.
    /// </summary>
    private static readonly FrozenSet<string> OfEveryOrigin = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept", "Accept-Encoding", "Accept-Language", "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since",
        "User-Agent", "Via");

    /// <summary>The URL, without its query, that an answer came from if redirects led there; null: none did.</summary>
    public static string? RedirectedTo(HttpResponseMessage response) =>
        response.RequestMessage is { } request
        && request.Options.TryGetValue(WasRedirected, out _)
        && request.Options.TryGetValue(FinalTarget, out var target)
            ? target.TextWithoutQuery
            : null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var target = Target.TryParse(request.RequestUri!.OriginalString, out var problem)
                     ?? throw Refuse(FailureReason.UpstreamForbidden, problem!);
        var first = target;
        for (var hops = 0; ; hops++)
        {
            Aim(request, target);
            if (guard.CheckName(target.Uri) is { } forbidden)
            {
                throw new UpstreamException(forbidden);
            }

            var response = hops == 0
                ? await base.SendAsync(request, cancellationToken).ConfigureAwait(false)
                : await SendOnAsync(request, cancellationToken).ConfigureAwait(false);
            try
            {
                var next = Next(request, response, target);
                if (next is null)
                {
                    return OfFirstOrigin(Checked(request, response), first, target);
                }

                if (hops == options.MaxRedirects)
                {
                    throw Refuse(FailureReason.UpstreamRedirects, $"The upstream redirected more than {options.MaxRedirects} times.");
                }

                DownloadLog.Redirected(log, (int)response.StatusCode, target.TextWithoutQuery, next.TextWithoutQuery);
                request = Copy(request, keepSecrets: target.HasSameOrigin(next));
                request.Options.Set(WasRedirected, true);
                target = next;
                response.Dispose();
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }

    /// <summary>The same to where a redirect led: what fails there says nothing of the server that was asked.</summary>
    private async Task<HttpResponseMessage> SendOnAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (UpstreamFaults.Classify(exception) is var failure
            && failure.Reason.Facts().Blame == Blame.Upstream)
        {
            throw new UpstreamException(failure with { IsBehindRedirect = true });
        }
    }

    private static void Aim(HttpRequestMessage request, Target target)
    {
        request.RequestUri = target.Uri;
        request.Version = target.Uri.Scheme == Uri.UriSchemeHttps && !UnsharedConnection.IsFor(request, target)
            ? HttpVersion.Version20
            : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Options.Set(FinalTarget, target);
    }

    private Target? Next(HttpRequestMessage request, HttpResponseMessage response, Target from)
    {
        // Any of them with a Location: clients follow 300 and unknown ones too, past the scanner.
        var isRedirect = (int)response.StatusCode is >= 300 and < 400 and not 304;
        var locations = HeadCheck.Values(response.Headers, "Location").Distinct().ToList();
        if (!isRedirect || locations.Count == 0 || (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head))
        {
            return null;
        }

        if (locations.Count > 1)
        {
            throw Refuse(FailureReason.UpstreamProtocol, "The upstream server redirects to two places at once.");
        }

        var next = from.TryRedirect(locations[0], out var problem)
                   ?? throw Refuse(FailureReason.UpstreamRedirects, $"The upstream server redirects to an invalid address. {problem}");
        if (from.Uri.Scheme == Uri.UriSchemeHttps && next.Uri.Scheme != Uri.UriSchemeHttps && !options.AllowDowngrade)
        {
            throw Refuse(FailureReason.UpstreamRedirects, "The upstream server redirects from https to http, which is not followed.");
        }

        return next;
    }

    private static HttpResponseMessage Checked(HttpRequestMessage request, HttpResponseMessage response) =>
        HeadCheck.Problem(request, response) is { } problem ? throw Refuse(FailureReason.UpstreamProtocol, problem) : response;

    /// <summary>
    /// A cookie of where a redirect led is not the first origin's, and nobody but that other one may get it back. The answer stays one
    /// client's.
    /// </summary>
    private static HttpResponseMessage OfFirstOrigin(HttpResponseMessage response, Target first, Target last)
    {
        if (!first.HasSameOrigin(last) && response.Headers.Remove("Set-Cookie"))
        {
            response.Headers.TryAddWithoutValidation("Cache-Control", "private");
        }

        return response;
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, bool keepSecrets)
    {
        var copy = new HttpRequestMessage { Method = request.Method };
        if (request.Options.TryGetValue(UpstreamGuard.Client, out var client))
        {
            copy.Options.Set(UpstreamGuard.Client, client);
        }

        copy.Options.Set(UnsharedConnection.Wanted, request.Options.TryGetValue(UnsharedConnection.Wanted, out var wanted) && wanted);
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            // The old origin's Host would name the new one's connection; it is set anew from the target.
            var isHost = name.Equals("Host", StringComparison.OrdinalIgnoreCase);
            if (!isHost && (keepSecrets || OfEveryOrigin.Contains(name)))
            {
                copy.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return copy;
    }

    private static UpstreamException Refuse(FailureReason reason, string detail) => new(new Failure(reason, detail));
}
