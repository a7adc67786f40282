using ClamProxy.Core.Admission;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Scanning;

public static class ScanningRegistration
{
    /// <summary>Adds <see cref="ContentScanner"/>.</summary>
    /// <remarks>Needs intake, archives, verdicts, leases, policies, a clock, IMeterFactory and logging.</remarks>
    /// <param name="services">Where it is added.</param>
    /// <param name="options">How processes share scans.</param>
    /// <param name="isByWorkers">
    /// False: clamd is there, and scans here. True: another registration adds the scanners, and this process does not agree with others on
    /// who scans a content, since the workers do.
    /// </param>
    public static IServiceCollection AddScanning(this IServiceCollection services, ScanningOptions options, bool isByWorkers = false)
    {
        DetachedWork.Prepare();
        if (!isByWorkers)
        {
            services.AddSingleton<IScanners, ClamdScanners>();
        }

        return services
            .AddSingleton(options)
            .AddSingleton<ScanningMetrics>()
            .AddSingleton<ScanningReport>()
            .AddSingleton<VerdictLookup>()
            .AddSingleton<DecodedSpool>()
            .AddSingleton<CodedScan>()
            .AddSingleton<EngineScan>()
            .AddSingleton(provider => isByWorkers
                ? ActivatorUtilities.CreateInstance<ContentScan>(provider, new SingleProcessLeases())
                : ActivatorUtilities.CreateInstance<ContentScan>(provider))
            .AddSingleton<ScanFlights>()
            .AddHostedService<SignatureWatch>()
            .AddSingleton(provider => new ContentScanner(
                provider.GetRequiredService<ContentScan>(),
                provider.GetRequiredService<CodedScan>(),
                provider.GetRequiredService<ScanFlights>(),
                provider.GetRequiredService<ReleaseRules>(),
                provider.GetRequiredService<Blocks>(),
                provider.GetRequiredService<ScanningReport>(),
                provider.GetRequiredService<TimeProvider>()));
    }
}
