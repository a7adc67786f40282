using System.Text;
using ClamProxy.Core.Verdicts;
using ClamProxy.Dashboard.Languages;
using ClamProxy.Dashboard.Live;
using ClamProxy.Dashboard.Pages;
using ClamProxy.Management;
using ClamProxy.Problems;

namespace ClamProxy.Dashboard;

/// <summary>Answers for the dashboard on the management port. Each answer has the fields that keep other sites' pages out.</summary>
internal sealed class DashboardEndpoints(DashboardAccess access, DashboardPages pages, LiveFeed feed)
{
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>No script, style, image or connection but ours, and no page may hold this one.</summary>
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly Dictionary<string, (string Type, byte[] Content)> s_files = new(StringComparer.Ordinal)
    {
        [DashboardPaths.Style] = ("text/css; charset=utf-8", Assets.Read("dashboard.css")),
        [DashboardPaths.Script] = ("text/javascript; charset=utf-8", Assets.Read("dashboard.js")),
        [DashboardPaths.Icon] = ("image/svg+xml", Assets.Read("dashboard.svg")),
    };

    /// <returns>Whether the request was for the dashboard.</returns>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/" && IsRead(context.Request))
        {
            context.Response.Redirect(DashboardPaths.Now);
            SetFields(context.Response);
            return true;
        }

        if (path != DashboardPaths.Now && !path.StartsWith(DashboardPaths.Now + "/", StringComparison.Ordinal))
        {
            return false;
        }

        ManagementEndpoints.LeaveOutOfTraces();
        SetFields(context.Response);
        await AnswerAsync(context, path);
        return true;
    }

    private static void SetFields(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers[ContentIsolation.ResourcePolicy] = "same-origin";
        headers.CacheControl = "no-store";
        headers.Vary = "Accept-Language";
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private async Task AnswerAsync(HttpContext context, string path)
    {
        if (await access.RefuseAsync(context) is { } refusal)
        {
            await WriteAsync(context, PlainText, Encoding.UTF8.GetBytes(refusal + "\n"));
            return;
        }

        if (!IsRead(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            await WriteAsync(context, PlainText, "GET or HEAD only\n"u8.ToArray());
            return;
        }

        if (s_files.TryGetValue(path, out var file))
        {
            await WriteAsync(context, file.Type, file.Content);
            return;
        }

        var texts = LanguageChoice.Of(context.Request);
        if (path == DashboardPaths.Feed && HttpMethods.IsGet(context.Request.Method))
        {
            await feed.AnswerAsync(context, texts);
            return;
        }

        var page = await PageAsync(context, texts, path);
        if (page is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            page = NotFound(texts);
        }

        context.Response.Headers.ContentLanguage = texts.Language;
        await WriteAsync(context, "text/html; charset=utf-8", Encoding.UTF8.GetBytes($"{page}"));
    }

    /// <returns>Null: there is no such page, or nothing is known of what it is about.</returns>
    private async Task<Html?> PageAsync(HttpContext context, Texts texts, string path) => path switch
    {
        DashboardPaths.Now => pages.Now.Of(texts),
        DashboardPaths.Verdicts => pages.Verdicts.Of(texts, VerdictFilter.Of(context.Request.Query)),
        DashboardPaths.Detections => pages.Detections.Of(texts),
        DashboardPaths.Waivers => pages.Waivers.Of(texts),
        DashboardPaths.Scanners => pages.Scanners.Of(texts),
        _ when Behind(path, DashboardPaths.Requests) is { } requestId => pages.Request.Of(texts, requestId),
        _ when Behind(path, DashboardPaths.Contents) is { } sha256 && Sha256Text.IsValid(sha256) =>
            await pages.Content.OfAsync(texts, sha256, context.RequestAborted),
        _ => null,
    };

    private static string? Behind(string path, string beginning) =>
        path.StartsWith(beginning, StringComparison.Ordinal) ? Uri.UnescapeDataString(path[beginning.Length..]) : null;

    private static Html NotFound(Texts texts) => PageLayout.Of(
        texts,
        "",
        texts["notfound.title"],
        Html.Of($"""<p>{texts["notfound.text"]}</p><p><a href="{DashboardPaths.Verdicts}">{texts["verdicts.title"]}</a></p>"""));

    private static async Task WriteAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }
}
