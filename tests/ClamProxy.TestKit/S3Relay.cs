using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClamProxy.TestKit;

/// <summary>
/// An HTTP relay in front of a store: something can be done before a request reaches the store, and after the store has answered. It
/// changes nothing of a request but what it is told to, so that signatures stay right.
/// </summary>
public sealed class S3Relay : IAsyncDisposable
{
    private static readonly string[] s_ofTheConnection = ["Connection", "Keep-Alive", "Transfer-Encoding", "Expect"];

    private readonly WebApplication _server;
    private readonly int _storePort;
    private readonly HttpClient _store = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromMinutes(2),
    };

    private S3Relay(WebApplication server, int port, int storePort) => (_server, Port, _storePort) = (server, port, storePort);

    public int Port { get; }

    /// <summary>Awaited before a request is sent to the store; false: its connection is broken instead.</summary>
    public Func<S3Request, Task<bool>> Before { get; set; } = static _ => Task.FromResult(true);

    /// <summary>Awaited when the store has answered, before the answer is sent on; false: the connection is broken instead.</summary>
    public Func<S3Request, Task<bool>> After { get; set; } = static _ => Task.FromResult(true);

    /// <summary>Whether nothing passes, neither requests nor answers: each connection breaks.</summary>
    public bool IsCut { get; set; }

    /// <summary>Header fields that never reach the store: what a store does that does not know them.</summary>
    public IReadOnlyCollection<string> Drops { get; set; } = [];

    public static async Task<S3Relay> StartAsync(int storePort)
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, port);
            server.Limits.MaxRequestBodySize = null;
            server.AddServerHeader = false;
        });
        var relay = new S3Relay(builder.Build(), port, storePort);
        relay._server.Run(relay.RelayAsync);
        await relay._server.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        _store.Dispose();
    }

    private async Task RelayAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var asked = new S3Request(context.Request.Method, target, context.Request.Headers.ContainsKey("x-amz-copy-source"));
        if (IsCut || !await Before(asked) || IsCut)
        {
            context.Abort();
            return;
        }

        try
        {
            using var request = RequestOf(context.Request, target);
            using var answer = await _store.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            if (IsCut || !await After(asked) || IsCut)
            {
                context.Abort();
                return;
            }

            await AnswerAsync(context, answer);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // One side went away: so does the other.
            context.Abort();
        }
    }

    private HttpRequestMessage RequestOf(HttpRequest asked, string target)
    {
        var asIs = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var url = new Uri($"http://127.0.0.1:{_storePort}{target}", asIs);
        var request = new HttpRequestMessage(new HttpMethod(asked.Method), url);
        if (asked.ContentLength is not null)
        {
            request.Content = new StreamContent(asked.Body);
        }

        foreach (var (name, values) in asked.Headers.Where(field => IsPassedOn(field.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        return request;
    }

    private bool IsPassedOn(string name) =>
        !s_ofTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase) && !Drops.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers)
            .Where(field => !s_ofTheConnection.Contains(field.Key, StringComparer.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        if (context.Request.Method != HttpMethods.Head && (int)answer.StatusCode is not (204 or 304))
        {
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }
}
