using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Spool;

public static class SpoolRegistration
{
    public static IServiceCollection AddSpool(this IServiceCollection services, SpoolOptions options) => services
        .AddSingleton(options)
        .AddSingleton<SpoolMetrics>()
        .AddSingleton<SpoolFolder>();
}
