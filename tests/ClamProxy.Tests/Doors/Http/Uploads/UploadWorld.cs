using System.Collections.Concurrent;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http.Uploads;

/// <summary>A proxy with a route that takes uploads, and an upstream that keeps what it gets.</summary>
internal sealed class UploadWorld : IAsyncDisposable
{
    private UploadWorld(ProxyWorld proxy) => Proxy = proxy;

    public ProxyWorld Proxy { get; }

    public FakeOrigin Origin => Proxy.Origin;

    /// <summary>The bodies that upstream got whole, in order.</summary>
    public ConcurrentQueue<byte[]> Received { get; } = [];

    /// <param name="settings">More of them.</param>
    public static async Task<UploadWorld> StartAsync(params string[] settings)
    {
        var world = new UploadWorld(await ProxyWorld.StartAsync(origin =>
        [
            "--ClamProxy:Routes:up:Path=/up", $"--ClamProxy:Routes:up:Upstream={origin.Url}/",
            "--ClamProxy:Routes:up:Methods=GET,HEAD,POST,PUT,DELETE", .. settings,
        ]));
        world.Origin.Otherwise = world.TakeAsync;
        return world;
    }

    /// <summary>Sends a body to a path of the route.</summary>
    public async Task<Reply> SendAsync(
        HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Proxy.SendAsync(request);
    }

    public async Task<Reply> PutAsync(string path, byte[] body, string? type = null)
    {
        using var content = new ByteArrayContent(body);
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return await SendAsync(HttpMethod.Put, path, content);
    }

    /// <summary>The answer was a refusal, and upstream has seen nothing.</summary>
    public void AssertRefused(Reply reply, string kind, int status = 409)
    {
        Assert.Equal((status, kind), (reply.Status, reply.Problem("type")?.Split(':', '/')[^1]));
        Assert.Empty(Origin.Requests);
    }

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();

    public async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Received.Enqueue(body.ToArray());
        context.Response.StatusCode = StatusCodes.Status201Created;
        await FakeOrigin.SendAsync(context, "stored"u8.ToArray());
    }
}
