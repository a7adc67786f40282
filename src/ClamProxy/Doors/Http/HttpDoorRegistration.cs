using System.Diagnostics;
using System.Text;
using ClamProxy.Connections;
using ClamProxy.Core.Store;
using ClamProxy.Doors.Http.Pipelining;
using ClamProxy.Doors.Http.Progress;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Doors.Http.Uploads;
using ClamProxy.Problems;
using ClamProxy.Rewriting;
using ClamProxy.Tracking;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Doors.Http;

internal static class HttpDoorRegistration
{
    private static readonly TimeSpan SlowClientGrace = TimeSpan.FromSeconds(30);

    public static IServiceCollection AddHttpDoor(
        this IServiceCollection services, HttpDoorOptions options, ConnectionOptions connections)
    {
        services.AddHttpForwarder();
        services.Configure<KestrelServerOptions>(kestrel => SetBounds(kestrel, options, connections));
        return services
            .AddSingleton(options)
            .AddSingleton<HttpDoorMetrics>()
            .AddRequestParts()
            .AddReplies()
            .AddSingleton<GateCalls>()
            .AddSingleton<UploadRedirect>()
            .AddSingleton<UploadCalls>()
            .AddSingleton<HttpDoor>();
    }

    /// <summary>Gives the door every request that no earlier middleware answers: the whole path space belongs to upstream.</summary>
    public static WebApplication MapHttpDoor(this WebApplication application)
    {
        Warn(application.Services);
        var replies = InvalidRequestReply.Subscribe(application.Services.GetRequiredService<DiagnosticListener>());
        application.Lifetime.ApplicationStopped.Register(replies.Dispose);
        application.UseTracking("proxy");
        application.Run(application.Services.GetRequiredService<HttpDoor>().HandleAsync);
        return application;
    }

    private static IServiceCollection AddRequestParts(this IServiceCollection services) => services
        .AddSingleton<ViaLoop>()
        .AddSingleton<RouteTable>()
        .AddSingleton<ClientCapabilities>()
        .AddSingleton<DoorAccess>()
        .AddSingleton<RequestAdmission>()
        .AddSingleton<PublicBase>()
        .AddSingleton<RouteLinks>()
        .AddSingleton<UpstreamFields>()
        .AddSingleton<SourceReader>()
        .AddSingleton<GateRequestReader>()
        .AddSingleton<PipelinePrefetch>();

    private static IServiceCollection AddReplies(this IServiceCollection services) => services
        .AddSingleton<InterimResponses>()
        .AddSingleton<FileReply>()
        .AddSingleton<ResumeCheck>()
        .AddSingleton<StoredReply>()
        .AddSingleton<TrickleReply>()
        .AddSingleton<RewrittenFields>()
        .AddSingleton<AnswerInspector>()
        .AddSingleton<RewrittenReply>()
        .AddSingleton(provider => new EncodedTexts(
            provider.GetRequiredService<HttpDoorOptions>().RewrittenTexts, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<WholeReply>()
        .AddSingleton<SuitedCoding>()
        .AddSingleton<HeadForwarder>()
        .AddSingleton<GateReply>()
        .AddSingleton<ProgressReply>();

    private static void SetBounds(KestrelServerOptions kestrel, HttpDoorOptions options, ConnectionOptions connections)
    {
        kestrel.AddServerHeader = false;
        // Ours comes first: this one holds where the places of connections that are being closed are given away already, and for
        // management.
        kestrel.Limits.MaxConcurrentConnections = ConnectionBounds.MostOf(connections) + ConnectionBounds.MostClosing;
        kestrel.Limits.Http2.MaxStreamsPerConnection = options.MaxStreamsPerConnection;
        kestrel.Limits.KeepAliveTimeout = options.ClientIdleTimeout;
        kestrel.Limits.RequestHeadersTimeout = options.ClientHeadTimeout;
        kestrel.Limits.MaxRequestLineSize = (int)options.MaxRequestLine;
        // Over the door's own bounds, so that it answers and says why.
        kestrel.Limits.MaxRequestHeadersTotalSize = 2 * (int)connections.MaxRequestHeaders;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 2 * (int)connections.MaxRequestField;
        kestrel.Limits.MinResponseDataRate = options.MinClientRate > 0 ? new MinDataRate(options.MinClientRate, SlowClientGrace) : null;
        var ofConnection = new ConnectionEncoding();
        kestrel.RequestHeaderEncodingSelector = name =>
            name.Equals("Connection", StringComparison.OrdinalIgnoreCase) ? ofConnection : Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
    }

    /// <summary>Tells of settings that cannot have the effect they are made for.</summary>
    private static void Warn(IServiceProvider services)
    {
        var (options, logger) = (services.GetRequiredService<HttpDoorOptions>(), services.GetRequiredService<ILogger<HttpDoor>>());
        if (!services.GetRequiredService<StoreOptions>().IsOn)
        {
            foreach (var (name, _) in options.Routes.Where(route => route.Value.Revalidate))
            {
                logger.RevalidatesNothing(name);
            }
        }
    }
}
