using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Tests.Telemetry;

/// <summary>What an OpenTelemetry collector takes by http/protobuf: it keeps the posts as they came.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<(string Path, string Token, string Body)> _posts = [];

    private FakeCollector(WebApplication application)
    {
        _application = application;
        application.Run(TakeAsync);
    }

    /// <summary>Answers wait for this.</summary>
    public Task MayAnswer { get; set; } = Task.CompletedTask;

    public string Url => _application.Urls.First();

    /// <summary>Path, <c>x-token</c> and body of each post; the body as Latin-1, so that texts in it can be searched for.</summary>
    public IReadOnlyCollection<(string Path, string Token, string Body)> Posts => _posts;

    public static async Task<FakeCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new FakeCollector(builder.Build());
        await collector._application.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _posts.Enqueue((context.Request.Path, context.Request.Headers["x-token"].ToString(), Encoding.Latin1.GetString(body.ToArray())));
        await MayAnswer;
        context.Response.ContentType = "application/x-protobuf";
    }
}
