using ClamProxy.Core.Fetching.Delivery;

namespace ClamProxy.Doors.Http.Progress;

/// <summary>
/// Which requests get a page with a progress bar: a browser's that navigates. That page asks how far the work is by the same URL, with a
/// media type of ours in front of the browser's own Accept field, so that everything that selects the answer stays as it was.
/// </summary>
internal sealed class ProgressVisit
{
    /// <summary>What the page's script accepts first.</summary>
    public const string MediaType = "application/vnd.clamproxy.progress+json";

    private static readonly string[] s_conditions =
        ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"];

    private ProgressVisit(bool isWatching) => IsWatch = isWatching;

    private bool IsWatch { get; }

    /// <summary>How the work for this request is shown; null: it gets no page. Takes our media type out of its Accept field.</summary>
    /// <param name="pageAfter">How long it waits before it is shown the page.</param>
    public static FetchProgress? Of(HttpContext context, TimeSpan pageAfter)
    {
        // Requests are read a second time where their conditions have been taken away.
        if (context.Features.Get<ProgressVisit>() is not { } visit)
        {
            var isWatching = TakeMediaType(context.Request);
            if (!isWatching && !IsNavigation(context.Request))
            {
                return null;
            }

            context.Features.Set(visit = new ProgressVisit(isWatching));
        }

        return new FetchProgress(visit.IsWatch ? null : pageAfter);
    }

    /// <summary>The page of a request asks how far it is.</summary>
    public static bool IsWatching(HttpContext context) => context.Features.Get<ProgressVisit>() is { IsWatch: true };

    private static bool TakeMediaType(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method)
            || request.Headers.Accept is not [{ } accept]
            || !accept.StartsWith(MediaType, StringComparison.Ordinal)
            || (accept.Length > MediaType.Length && accept[MediaType.Length] != ','))
        {
            return false;
        }

        var rest = accept[MediaType.Length..].TrimStart(',', ' ');
        request.Headers.Accept = rest.Length > 0 ? rest : default;
        return true;
    }

    /// <summary>
    /// Package clients and downloaders take no HTML first, or are no browsers by their own word (pip before 22 takes text/html alone).
    /// </summary>
    private static bool IsNavigation(HttpRequest request)
    {
        var headers = request.Headers;
        return HttpMethods.IsGet(request.Method)
            && headers.Accept is [{ } accept]
            && accept.StartsWith("text/html", StringComparison.OrdinalIgnoreCase)
            && headers.UserAgent.ToString().StartsWith("Mozilla/", StringComparison.Ordinal)
            && headers["Sec-Fetch-Mode"].ToString() is "" or "navigate"
            && headers["Sec-Fetch-Dest"].ToString() is "" or "document"
            && !Array.Exists(s_conditions, name => headers.ContainsKey(name));
    }
}
