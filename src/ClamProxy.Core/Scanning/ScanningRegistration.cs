using ClamProxy.Core.Admission;
using ClamProxy.Core.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Scanning;

public static class ScanningRegistration
{
    /// <summary>Adds <see cref="ContentScanner"/>.</summary>
    /// <remarks>Needs intake, clamd, archives, verdicts, leases, policies, a clock, IMeterFactory and logging.</remarks>
    public static IServiceCollection AddScanning(this IServiceCollection services, ScanningOptions options)
    {
        DetachedWork.Prepare();
        return services
            .AddSingleton(options)
            .AddSingleton<ScanningMetrics>()
            .AddSingleton<ScanningReport>()
            .AddSingleton<VerdictLookup>()
            .AddSingleton<DecodedSpool>()
            .AddSingleton<EngineScan>()
            .AddSingleton<ContentScan>()
            .AddSingleton<ScanFlights>()
            .AddHostedService<SignatureWatch>()
            .AddSingleton(provider => new ContentScanner(
                provider.GetRequiredService<ContentScan>(),
                provider.GetRequiredService<ScanFlights>(),
                provider.GetRequiredService<ReleaseRules>(),
                provider.GetRequiredService<Blocks>(),
                provider.GetRequiredService<ScanningReport>(),
                provider.GetRequiredService<TimeProvider>()));
    }
}
