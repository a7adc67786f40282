using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Gate;

public static class GateRegistration
{
    public static IServiceCollection AddGate(this IServiceCollection services, GateOptions options) => services
        .AddSingleton(options)
        .AddSingleton<GateMetrics>()
        .AddSingleton<ContentGate>();
}
