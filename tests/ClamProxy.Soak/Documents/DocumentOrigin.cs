using System.Collections.Concurrent;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Soak.Documents;

/// <summary>The origin of <see cref="Document"/>s: sends each in its coding, heeds conditions, and fails as its version says.</summary>
internal sealed class DocumentOrigin
{
    private readonly ConcurrentDictionary<string, Document> _documents = [];
    private int _made;

    /// <summary>A document that nobody asked for yet.</summary>
    public Document Make(DocumentKind kind, string coding, int size)
    {
        var document = new Document($"doc{Interlocked.Increment(ref _made)}", kind, coding, size);
        _documents[document.Path] = document;
        return document;
    }

    /// <summary>Answers what asks for a document.</summary>
    /// <param name="send">Sends a body that comes whole.</param>
    /// <returns>Whether it did.</returns>
    public async Task<bool> TryServeAsync(HttpContext context, Func<HttpContext, byte[], Task> send)
    {
        if (!_documents.TryGetValue(context.Request.Path.Value!, out var document))
        {
            return false;
        }

        var (version, language) = (document.Now, LanguageOf(context.Request, document));
        context.Response.ContentType = document.Kind == DocumentKind.Rewritten ? "text/html" : "text/plain";
        await (version.State switch
        {
            DocumentState.Clean or DocumentState.Infected => SendVersionAsync(context, document, version, language, send),
            DocumentState.TornCoding => SendAsync(context, document, version, language, "gzip", send),
            DocumentState.Truncated => SendAsync(
                context, document, version, language, CodingOf(context.Request, document), (at, body) => TruncateAsync(at, body)),
            DocumentState.Unavailable => FailAsync(context, document, version, StatusCodes.Status503ServiceUnavailable),
            DocumentState.Busy => FailAsync(context, document, version, StatusCodes.Status429TooManyRequests),
            DocumentState.InfectedError => FailAsync(context, document, version, StatusCodes.Status500InternalServerError),
            DocumentState.Gone => FailAsync(context, document, version, StatusCodes.Status404NotFound),
        });
        return true;
    }

    private static Task SendVersionAsync(
        HttpContext context, Document document, DocumentVersion version, string language, Func<HttpContext, byte[], Task> send)
    {
        var coding = CodingOf(context.Request, document);
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(
            document.Tag(version, language, coding), StringComparison.Ordinal))
        {
            SetFields(context.Response, document, version, language, coding);
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return SendAsync(context, document, version, language, coding, send);
    }

    private static Task SendAsync(
        HttpContext context,
        Document document,
        DocumentVersion version,
        string language,
        string coding,
        Func<HttpContext, byte[], Task> send)
    {
        SetFields(context.Response, document, version, language, coding);
        if (coding != DocumentText.Identity)
        {
            context.Response.Headers.ContentEncoding = coding;
        }

        return send(context, document.Sent(version, language, coding));
    }

    private static void SetFields(HttpResponse response, Document document, DocumentVersion version, string language, string coding)
    {
        response.Headers.CacheControl = document.CacheControl;
        response.Headers.ETag = document.Tag(version, language, coding);
        string[] varies =
        [
            .. document.Coding == DocumentText.Identity ? [] : new[] { "Accept-Encoding" },
            .. document.Kind == DocumentKind.Varying ? ["Accept-Language"] : Array.Empty<string>(),
        ];
        if (varies.Length > 0)
        {
            response.Headers.Vary = string.Join(", ", varies);
        }
    }

    private static async Task TruncateAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    private static Task FailAsync(HttpContext context, Document document, DocumentVersion version, int status)
    {
        context.Response.StatusCode = status;
        if (version.State == DocumentState.Gone)
        {
            context.Response.Headers.CacheControl = "max-age=1";
        }

        return FakeOrigin.SendAsync(context, document.ErrorBody(version));
    }

    private static string LanguageOf(HttpRequest request, Document document) =>
        document.Kind == DocumentKind.Varying && request.Headers.AcceptLanguage.ToString().StartsWith("de", StringComparison.Ordinal)
            ? "de"
            : "en";

    private static string CodingOf(HttpRequest request, Document document) =>
        request.Headers.AcceptEncoding.ToString().Contains(document.Coding, StringComparison.Ordinal)
            ? document.Coding
            : DocumentText.Identity;
}
