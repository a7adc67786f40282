using System.Collections.Frozen;
using System.Net;
using ClamProxy.Core.Download.Identity;
using ClamProxy.Core.Failures;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Download;

/// <summary>
/// Sends a GET or HEAD and follows its redirects, each hop checked as the first was: as a target, by the guard's name check
/// here, by its address check when a connection is made.
/// </summary>
internal sealed class RedirectFollower(
    DownloadOptions options, UpstreamGuard guard, TimeProvider time, ILogger log, HttpMessageHandler inner)
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
        var hop = request.Options.TryGetValue(CurrentHop.Key, out var watched) ? watched : null;
        var cookies = new ChainCookies(time);
        var ofClient = HeadCheck.Values(request.Headers, "Cookie") is { Length: > 0 } sent ? string.Join("; ", sent) : null;
        for (var hops = 0; ; hops++)
        {
            Aim(request, target);
            if (guard.CheckName(target.Uri) is { } forbidden)
            {
                throw new UpstreamException(forbidden);
            }

            hop?.Begin(target);
            var (response, next) = await SendAsync(request, target, hops, cancellationToken).ConfigureAwait(false);
            if (next is null)
            {
                return OfFirstOrigin(response, first, target);
            }

            DownloadLog.Redirected(log, (int)response.StatusCode, target.TextWithoutQuery, next.TextWithoutQuery);
            cookies.Take(target, HeadCheck.Values(response.Headers, "Set-Cookie"));
            response.Dispose();
            var isSameOrigin = target.HasSameOrigin(next);
            request = Copy(request, isSameOrigin);
            request.Options.Set(WasRedirected, true);
            ofClient = isSameOrigin ? ofClient : null;
            SetCookies(request, cookies.For(next, ofClient));
            target = next;
        }
    }

    /// <summary>
    /// Sends one request of the chain. A failure names its server; where a redirect led there, it says nothing of the server that was
    /// asked.
    /// </summary>
    /// <returns>The answer, and where it leads; null: it is the last one, with a head that is right.</returns>
    private async Task<(HttpResponseMessage Response, Target? Next)> SendAsync(
        HttpRequestMessage request, Target target, int hops, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var next = Next(request, response, target);
            var wrong = next is null ? HeadCheck.Problem(request, response) : null;
            return wrong is not null ? throw Refuse(FailureReason.UpstreamProtocol, wrong)
                : next is not null && hops == options.MaxRedirects ? throw Refuse(
                    FailureReason.UpstreamRedirects, $"The upstream redirected more than {options.MaxRedirects} times.")
                : (response, next);
        }
        catch (Exception exception)
        {
            response?.Dispose();
            if (!cancellationToken.IsCancellationRequested
                && UpstreamFaults.Classify(exception) is var failure
                && failure.Reason.Facts().Blame == Blame.Upstream)
            {
                throw new UpstreamException(UpstreamFaults.At(target, failure) with { IsBehindRedirect = hops > 0 });
            }

            throw;
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

        if (keepSecrets && request.Options.TryGetValue(UpstreamIdentity.Key, out var identity))
        {
            copy.Options.Set(UpstreamIdentity.Key, identity);
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

    private static void SetCookies(HttpRequestMessage request, string? cookies)
    {
        request.Headers.Remove("Cookie");
        if (cookies is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
        }
    }

    private static UpstreamException Refuse(FailureReason reason, string detail) => new(new Failure(reason, detail));
}
