using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.TestKit;

/// <summary>What a <see cref="FakeS3"/> answers.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Code">The error as S3 calls it; null: there is none.</param>
internal sealed record FakeS3Answer(int Status, string? Code = null)
{
    public XElement? Xml { get; init; }

    public byte[]? Bytes { get; init; }

    public string? ETag { get; init; }

    /// <summary>After how many bytes of the body the connection breaks; null: it does not.</summary>
    public int? CutAfter { get; init; }

    public async Task SendAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (ETag is { } tag)
        {
            context.Response.Headers.ETag = tag;
        }

        if (Status == StatusCodes.Status204NoContent)
        {
            return;
        }

        var xml = Code is null ? Xml : new XElement("Error", new XElement("Code", Code), new XElement("Message", Code));
        var bytes = Bytes ?? (xml is null ? [] : Encoding.UTF8.GetBytes(xml.ToString()));
        context.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await context.Response.Body.WriteAsync(bytes.AsMemory(0, Math.Clamp(CutAfter ?? bytes.Length, 0, bytes.Length)));
        if (CutAfter < bytes.Length)
        {
            await context.Response.Body.FlushAsync();
            context.Abort();
        }
    }
}
