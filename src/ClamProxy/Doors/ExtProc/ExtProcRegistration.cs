using ClamProxy.Connections;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.ExtProc;

internal static class ExtProcRegistration
{
    /// <summary>What a message has besides a body: heads of Envoy's are 60 KiB at most by default.</summary>
    private const int BesideBody = 256 << 10;

    public static IServiceCollection AddExtProcDoor(this IServiceCollection services, ExtProcOptions options)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = (int)options.MaxMessage + BesideBody;
            grpc.EnableDetailedErrors = false;
        });
        return services
            .AddSingleton(options)
            .AddSingleton<BufferRoom>()
            .AddSingleton<ExtProcMetrics>()
            .AddSingleton<ExtProcReport>()
            .AddSingleton<BodyJudge>()
            .AddSingleton(provider => new TransactionParts(
                provider.GetRequiredService<BodyJudge>(),
                provider.GetRequiredService<BufferRoom>(),
                options,
                provider.GetRequiredService<ExtProcReport>(),
                provider.GetRequiredService<RequestTracker>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ConnectionOptions>().RetryAfter))
            .AddSingleton<ExtProcAccess>()
            .AddSingleton<ExtProcService>()
            .AddSingleton<ExtProcHealth>();
    }

    /// <summary>Answers on ext_proc's listener, and there nothing else. Call it before the proxy's door.</summary>
    public static WebApplication MapExtProcDoor(this WebApplication application)
    {
        application.Services.GetRequiredService<ExtProcMetrics>();
        if (application.Services.GetRequiredService<ExtProcOptions>().Streamed == UnheldBodies.Allow)
        {
            application.Services.GetRequiredService<ILogger<ExtProcService>>().UnheldBodiesPass();
        }

        application.MapWhen(ExtProcConnection.Carries, door =>
        {
            door.UseRouting();
            door.UseEndpoints(endpoints =>
            {
                endpoints.MapGrpcService<ExtProcService>();
                endpoints.MapGrpcService<ExtProcHealth>();
            });
        });
        return application;
    }
}
