using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Spool;

public static class SpoolRegistration
{
    /// <summary>Adds <see cref="SpoolFolder"/>.</summary>
    public static IServiceCollection AddSpool(this IServiceCollection services, SpoolOptions options) =>
        services.AddSingleton(options).AddSingleton<SpoolMetrics>().AddSingleton<SpoolFolder>();
}
