using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ClamProxy.Doors.Api.OpenApi;

/// <summary><c>GET /openapi.json</c>: the description of the API (OpenAPI 3.1). Made once, since nothing in it changes.</summary>
internal sealed class DocumentEndpoint(IServiceProvider services)
{
    private readonly Lazy<Task<byte[]>> _document = new(() => MakeAsync(services));

    public async Task AnswerAsync(HttpContext context)
    {
        var document = await _document.Value.WaitAsync(context.RequestAborted);
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentLength = document.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(document, context.RequestAborted);
        }
    }

    private static async Task<byte[]> MakeAsync(IServiceProvider services)
    {
        var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocument.Name);
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        using var buffer = new MemoryStream();
        await document.SerializeAsJsonAsync(buffer, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return buffer.ToArray();
    }
}
