using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Spool;

public static class SpoolRegistration
{
    /// <summary>Adds <see cref="SpoolFolder"/>.</summary>
    /// <param name="folderBesideStore">Where spool files go when SPOOL_PATH is unset: the store's own spool folder; null without a
    /// store.</param>
    public static IServiceCollection AddSpool(this IServiceCollection services, SpoolOptions options, string? folderBesideStore = null)
    {
        options.FolderBesideStore = folderBesideStore;
        return services.AddSingleton(options).AddSingleton<SpoolMetrics>().AddSingleton<SpoolFolder>();
    }
}
