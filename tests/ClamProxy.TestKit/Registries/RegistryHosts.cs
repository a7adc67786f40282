using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit.Corpus;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.TestKit.Registries;

/// <summary>The two servers of a registry: one has the index, the other the files that the index points at.</summary>
public sealed class RegistryHosts : IAsyncDisposable
{
    private const string Binary = "application/octet-stream";

    private bool _isStopped;

    private RegistryHosts(FakeOrigin index, FakeOrigin files) => (Index, Files) = (index, files);

    public FakeOrigin Index { get; }

    public FakeOrigin Files { get; }

    /// <summary>What both were asked.</summary>
    public IEnumerable<FakeOriginRequest> Requests => Index.Requests.Concat(Files.Requests);

    public static async Task<RegistryHosts> StartAsync() => new(await FakeOrigin.StartAsync(), await FakeOrigin.StartAsync());

    /// <summary>
    /// Answers as a static server does: with an ETag, with 304 where the client has it already, and texts in gzip to who takes that.
    /// </summary>
    public static void Publish(FakeOrigin host, string path, byte[] content, string type = Binary) =>
        host.On(path, context => AnswerAsync(context, content, type));

    public static void Publish(FakeOrigin host, string path, string content, string type) =>
        Publish(host, path, Encoding.UTF8.GetBytes(content), type);

    public static Task AnswerAsync(HttpContext context, byte[] content, string type)
    {
        if (type != Binary)
        {
            context.Response.Headers.Vary = "Accept-Encoding";
            if (context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
            {
                context.Response.Headers.ContentEncoding = "gzip";
                content = Packers.Gzip(content);
            }
        }

        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
        context.Response.Headers.ETag = tag;
        context.Response.ContentType = type;
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return FakeOrigin.SendAsync(context, content);
    }

    /// <summary>Nobody listens at their ports any more.</summary>
    public async Task StopAsync()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            await Index.DisposeAsync();
            await Files.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
