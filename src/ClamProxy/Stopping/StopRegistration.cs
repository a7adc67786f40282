namespace ClamProxy.Stopping;

internal static class StopRegistration
{
    /// <summary>
    /// Takes the place of the host's own signal handling. Call it after the gate is added, so that its flights end before what they need
    /// does.
    /// </summary>
    public static IServiceCollection AddStopping(this IServiceCollection services, StopOptions options) => services
        .AddSingleton(options)
        .AddSingleton<StopState>()
        .AddSingleton<IHostLifetime, StopSignals>()
        .AddHostedService<FlightDrain>()
        .Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTime + StopOptions.Grace);
}
