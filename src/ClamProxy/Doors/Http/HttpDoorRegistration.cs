using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Doors.Http;

internal static class HttpDoorRegistration
{
    private static readonly TimeSpan SlowClientGrace = TimeSpan.FromSeconds(30);

    public static IServiceCollection AddHttpDoor(this IServiceCollection services, HttpDoorOptions options)
    {
        services.AddHttpForwarder();
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.MaxRequestLineSize = (int)options.MaxRequestLine;
            kestrel.Limits.MinResponseDataRate = options.MinClientRate > 0 ? new MinDataRate(options.MinClientRate, SlowClientGrace) : null;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        });
        return services
            .AddSingleton(options)
            .AddSingleton<ViaLoop>()
            .AddSingleton<RouteTable>()
            .AddSingleton<ClientAddress>()
            .AddSingleton<DoorAccess>()
            .AddSingleton<PublicBase>()
            .AddSingleton<RouteLinks>()
            .AddSingleton<GateRequestReader>()
            .AddSingleton<PartSender>()
            .AddSingleton<FileReply>()
            .AddSingleton<StoredReply>()
            .AddSingleton<StreamReply>()
            .AddSingleton<TrickleReply>()
            .AddSingleton<RewrittenFields>()
            .AddSingleton<RewrittenReply>()
            .AddSingleton<HeadForwarder>()
            .AddSingleton<HttpDoorMetrics>()
            .AddSingleton<HttpDoor>();
    }

    /// <summary>Gives the door every request that no earlier middleware answers: the whole path space belongs to upstream.</summary>
    public static WebApplication MapHttpDoor(this WebApplication application)
    {
        application.Run(application.Services.GetRequiredService<HttpDoor>().HandleAsync);
        return application;
    }
}
