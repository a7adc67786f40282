using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Policies;

public static class PolicyRegistration
{
    public static IServiceCollection AddPolicies(this IServiceCollection services, PolicyOptions options) => services
        .AddSingleton(options)
        .AddSingleton<CurrentPolicies>()
        .AddSingleton<Waivers>()
        .AddSingleton<Blocks>()
        .AddSingleton<ReleaseRules>();
}
