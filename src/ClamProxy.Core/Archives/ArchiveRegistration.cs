using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Archives;

public static class ArchiveRegistration
{
    /// <summary>Adds <see cref="ArchiveInspector"/>.</summary>
    public static IServiceCollection AddArchives(this IServiceCollection services, ArchiveOptions options) => services
        .AddSingleton(options)
        .AddSingleton<ArchiveMetrics>()
        .AddSingleton<ArchiveInspector>();
}
