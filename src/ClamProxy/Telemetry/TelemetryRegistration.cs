namespace ClamProxy.Telemetry;

internal static class TelemetryRegistration
{
    /// <summary>
    /// Traces and metrics go to the collector that the options name; without one, nothing is added. Call it before others: so it ends
    /// after them, and their last spans are sent.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        services.AddSingleton(options);
        return options.NeedsSdk ? services.AddHostedService<TelemetryExport>() : services;
    }
}
