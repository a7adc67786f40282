using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>Stands where ClamProxy would: shows what nginx sends on, and answers what the test wants.</summary>
internal sealed class StandIn(WebApplication app) : IAsyncDisposable
{
    public ConcurrentQueue<(string Protocol, string Target, IHeaderDictionary Headers)> Requests { get; } = new();

    /// <summary>Its <c>host:port</c>.</summary>
    public string Address => app.Urls.Single()["http://".Length..];

    public static async Task<StandIn> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var standIn = new StandIn(builder.Build());
        await standIn.RunAsync(answer);
        return standIn;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task RunAsync(RequestDelegate answer)
    {
        app.Run(context =>
        {
            var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            Requests.Enqueue((context.Request.Protocol, target, new HeaderDictionary(context.Request.Headers.ToDictionary())));
            return answer(context);
        });
        return app.StartAsync(TestContext.Current.CancellationToken);
    }
}
