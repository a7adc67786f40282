using ClamProxy.Management;

namespace ClamProxy.Forgetting;

internal static class ForgettingRegistration
{
    /// <summary>Adds the actions of the management port that end the life of what is known.</summary>
    public static IServiceCollection AddForgetting(this IServiceCollection services) => services
        .AddSingleton<ForgetActions>()
        .AddSingleton(provider => new ManagementAction("/forget", provider.GetRequiredService<ForgetActions>().ForgetAsync))
        .AddSingleton(provider => new ManagementAction("/rescan", provider.GetRequiredService<ForgetActions>().RescanAsync));
}
