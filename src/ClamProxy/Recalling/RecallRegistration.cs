using ClamProxy.Management;

namespace ClamProxy.Recalling;

internal static class RecallRegistration
{
    public static IServiceCollection AddRecalling(this IServiceCollection services) => services
        .AddSingleton<RecallAction>()
        .AddSingleton(provider => new ManagementAction(RecallAction.Path, provider.GetRequiredService<RecallAction>().RunAsync));
}
