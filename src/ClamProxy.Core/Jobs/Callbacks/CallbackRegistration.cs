using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ClamProxy.Core.Jobs.Callbacks;

internal static class CallbackRegistration
{
    /// <summary>Adds what takes callbacks and makes them due.</summary>
    /// <remarks>Needs the stores of jobs, download, names, a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddCallbacks(this IServiceCollection services, CallbackOptions options) => services
        .AddSingleton(options)
        .AddSingleton<CallbackMetrics>()
        .AddSingleton<CallbackReport>()
        .AddSingleton<CallbackSecrets>()
        .AddSingleton<CallbackTargets>()
        .AddSingleton(provider => new JobCallbacks(
            provider.GetRequiredService<JobStores>(),
            options,
            provider.GetRequiredService<CallbackTargets>(),
            provider.GetRequiredService<CallbackReport>(),
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>Adds what sends signed messages, for those that have no jobs; with jobs, there is one sender for both.</summary>
    /// <remarks>Needs download, names, a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddCallbackSender(this IServiceCollection services, CallbackOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<CallbackSecrets>();
        services.TryAddSingleton<CallbackTargets>();
        services.TryAddSingleton<CallbackSender>();
        return services;
    }

    /// <summary>Adds what sends callbacks that are due.</summary>
    /// <remarks>Needs <see cref="AddCallbacks"/>.</remarks>
    public static IServiceCollection AddCallbackDeliveries(this IServiceCollection services) => services
        .AddSingleton<CallbackSender>()
        .AddSingleton(provider => new CallbackSchedule(provider.GetRequiredService<CallbackOptions>(), Random.Shared.NextDouble))
        .AddSingleton<CallbackDelivery>()
        .AddHostedService<CallbackDeliveries>();
}
