using ClamProxy.Core.Spool;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Intake;

public static class IntakeRegistration
{
    /// <summary>Adds <see cref="ContentIntake"/>.</summary>
    /// <remarks>Needs the spool and a clock.</remarks>
    public static IServiceCollection AddIntake(this IServiceCollection services, IntakeOptions options) => services
        .AddSingleton(options)
        .AddSingleton(provider => new ContentIntake(
            provider.GetRequiredService<SpoolFolder>(), options, provider.GetRequiredService<TimeProvider>()));
}
