using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Rewriting;

/// <summary>A route <c>/idx</c> whose answers name a second host, and one that stands in for that host.</summary>
internal sealed class RewritingWorld : IAsyncDisposable
{
    public const string From = "https://files.example.org/";
    public const string Index = """<a href="https://files.example.org/a.whl#sha256=ab">a</a>""";

    /// <summary>A text without links that a rule names.</summary>
    public const string Other = "a file of no interest: https://home.example.org/";

    private RewritingWorld(FakeOrigin origin, ProxyWorld proxy)
    {
        Origin = origin;
        Proxy = proxy;
    }

    /// <summary>The index's upstream.</summary>
    public FakeOrigin Origin { get; }

    public ProxyWorld Proxy { get; }

    /// <summary>The address that the client of <see cref="GetAsync"/> uses, without a slash at its end.</summary>
    public string Base => Proxy.Addresses[0].TrimEnd('/');

    /// <summary>What <see cref="Index"/> is to that client.</summary>
    public string Rewritten => $"""<a href="{Base}/files/a.whl#sha256=ab">a</a>""";

    /// <summary>The scanned texts, without the second scans of pages behind empty lines.</summary>
    public IEnumerable<string> ScannedAsItCame =>
        Proxy.Clamd.Contents.Select(Encoding.UTF8.GetString).Where(text => !text.StartsWith('\n'));

    public static async Task<RewritingWorld> StartAsync(params string[] settings)
    {
        var origin = await FakeOrigin.StartAsync();
        return new(origin, await ProxyWorld.StartAsync(
        [
            "--ClamProxy:Routes:idx:Path=/idx", $"--ClamProxy:Routes:idx:Upstream={origin.Url}",
            $"--ClamProxy:Routes:idx:Rewrite:0:From={From}", "--ClamProxy:Routes:idx:Rewrite:0:To=/files/",
            .. settings,
        ]));
    }

    /// <summary>Programs a path below <c>/idx</c>.</summary>
    public RewritingWorld On(
        string path, string text, string type = "text/html", string? etag = "\"v1\"", string? lastModified = null, string? coding = null) =>
        On(path, Encoding.UTF8.GetBytes(text), type, etag, lastModified, coding);

    /// <summary>The same; conditions are weighed as an origin does.</summary>
    public RewritingWorld On(
        string path, byte[] content, string type, string? etag = "\"v1\"", string? lastModified = null, string? coding = null)
    {
        Origin.On(path, async context =>
        {
            context.Response.ContentType = type;
            context.Response.Headers.ETag = etag;
            context.Response.Headers.LastModified = lastModified;
            context.Response.Headers.ContentEncoding = coding;
            var isClients = context.Request.Headers.IfNoneMatch is { Count: > 0 } tags
                ? tags == etag
                : lastModified is not null && context.Request.Headers.IfModifiedSince == lastModified;
            if (isClients)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            await FakeOrigin.SendAsync(context, content);
        });
        return this;
    }

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public async Task<Reply> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri("/idx" + path, UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Proxy.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Origin.DisposeAsync();
    }
}
