using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClamProxy.TestKit;

/// <summary>A real web server, on loopback unless told otherwise, whose paths a test programs; it records what it was asked.</summary>
public sealed class FakeOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, RequestDelegate> _handlers = new();
    private readonly ConcurrentQueue<FakeOriginRequest> _requests = new();
    private readonly X509Certificate2? _certificate;
    private readonly IPEndPoint _at;

    private FakeOrigin(X509Certificate2? certificate, IPEndPoint at)
    {
        _certificate = certificate;
        _at = at;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Listen);
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Such as <c>http://127.0.0.1:40000</c>, without a trailing slash.</summary>
    public string Url { get; private set; } = "";

    public int Port => new UriBuilder(Url).Port;

    /// <summary>Answers every path that is not programmed; unset: 404.</summary>
    public RequestDelegate? Otherwise { get; set; }

    /// <summary>The Cache-Control of every answer that sets no other; null: there is none.</summary>
    public string? CacheControl { get; set; }

    /// <summary>Off for long runs, whose list would not end.</summary>
    public bool KeepsRequests { get; set; } = true;

    /// <summary>What was asked for, in order.</summary>
    public IReadOnlyCollection<FakeOriginRequest> Requests => _requests;

    /// <summary>Starts it: HTTP/1.1 without a certificate, TLS and HTTP/2 with one of <see cref="FakeOriginCertificate"/>.</summary>
    /// <param name="at">An address of this machine that others reach, such as containers; unset: loopback.</param>
    /// <param name="port">One that nobody takes when it is gone, of <see cref="FreePort"/>; 0: any that is free.</param>
    public static async Task<FakeOrigin> StartAsync(X509Certificate2? certificate = null, IPAddress? at = null, int port = 0)
    {
        var origin = new FakeOrigin(certificate, new IPEndPoint(at ?? IPAddress.Loopback, port));
        await origin._app.StartAsync();
        origin.Url = origin._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return origin;
    }

    /// <summary>Programs one raw path (percent-encoding as sent, without query).</summary>
    public FakeOrigin On(string path, RequestDelegate handler)
    {
        _handlers[path] = handler;
        return this;
    }

    /// <summary>Answers one path with a file.</summary>
    public FakeOrigin On(string path, byte[] content) => On(path, context => SendAsync(context, content));

    /// <summary>Answers one request with a file; HEAD gets its length.</summary>
    public static async Task SendAsync(HttpContext context, byte[] content)
    {
        context.Response.ContentType ??= "application/octet-stream";
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }

    /// <summary>Answers one path with a redirect.</summary>
    public FakeOrigin Redirect(string path, string location, int status = 302) => On(path, context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    });

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(_at, listen =>
        {
            listen.Protocols = _certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (_certificate is not null)
            {
                listen.UseHttps(_certificate);
            }
        });
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (KeepsRequests)
        {
            var headers = context.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            _requests.Enqueue(new FakeOriginRequest(context.Request.Method, target, context.Request.Protocol, headers));
        }

        if (CacheControl is not null)
        {
            context.Response.Headers.CacheControl = CacheControl;
        }

        if ((_handlers.GetValueOrDefault(target.Split('?')[0]) ?? Otherwise) is { } handler)
        {
            await handler(context);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
