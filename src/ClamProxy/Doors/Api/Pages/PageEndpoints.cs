using System.Security.Cryptography;
using ClamProxy.Doors.Api.OpenApi;
using ClamProxy.Problems;
using ClamProxy.Ranges;
using Scalar.AspNetCore;

namespace ClamProxy.Doors.Api.Pages;

/// <summary>
/// The page at <c>/</c> where a person drops files, the document, and the page at <c>/docs</c> that shows it. All of it comes from this
/// process.
/// </summary>
internal static class PageEndpoints
{
    private const string Policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapPages(this IEndpointRouteBuilder api)
    {
        MapFile(api, "/", "index.html", "text/html; charset=utf-8");
        MapFile(api, "/page.js", "page.js", "text/javascript; charset=utf-8");
        MapFile(api, "/page.css", "page.css", "text/css; charset=utf-8");
        MapFile(api, "/page.svg", "page.svg", "image/svg+xml");
        Map(api, "/openapi.json", context => context.RequestServices.GetRequiredService<DocumentEndpoint>().AnswerAsync(context));
        api.MapScalarApiReference("/docs", (options, context) =>
        {
            options.WithOpenApiRoutePattern("/openapi.json").WithTitle("ClamProxy").WithNonce();
            options.DisableDefaultFonts().DisableTelemetry().DisableAgent();
            context.Response.OnStarting(() => SetPolicyAsync(context));
        }).Add(endpoint =>
        {
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => HandleAsync(context, () => answer(context));
        });
    }

    private static void MapFile(IEndpointRouteBuilder api, string path, string name, string type)
    {
        var content = Read(name);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";
        Map(api, path, async context =>
        {
            var response = context.Response;
            response.Headers.ContentSecurityPolicy = Policy;
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers[ContentIsolation.ResourcePolicy] = "same-origin";
            response.Headers["Referrer-Policy"] = "no-referrer";
            response.Headers.CacheControl = "no-cache";
            response.Headers.ETag = tag;
            if (Preconditions.Evaluate(context.Request.Headers, tag, null) == PreconditionOutcome.NotModified)
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            response.ContentType = type;
            response.ContentLength = content.Length;
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await response.Body.WriteAsync(content, context.RequestAborted);
            }
        });
    }

    private static void Map(IEndpointRouteBuilder api, string path, Func<HttpContext, Task> answer) => api
        .MapMethods(path, ["GET", "HEAD"], context => HandleAsync(context, () => answer(context)));

    private static Task HandleAsync(HttpContext context, Func<Task> answer) =>
        context.RequestServices.GetRequiredService<ApiDoor>().HandlePageAsync(context, answer);

    /// <summary>Scalar's own script is let run by a number that nobody can guess; it makes its styles itself.</summary>
    private static Task SetPolicyAsync(HttpContext context)
    {
        var nonce = context.Items[ScalarOptions.NonceHttpContextItemKey];
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return Task.CompletedTask;
    }

    private static byte[] Read(string name)
    {
        using var resource = typeof(PageEndpoints).Assembly.GetManifestResourceStream($"Pages/{name}")
            ?? throw new InvalidOperationException($"the page's file {name} is not in this program");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
