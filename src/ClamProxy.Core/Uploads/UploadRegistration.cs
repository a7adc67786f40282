using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Scanning;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Uploads;

public static class UploadRegistration
{
    /// <summary>Adds <see cref="UploadGate"/>.</summary>
    /// <remarks>Needs downloads, intake, scanning, messages and the gate.</remarks>
    public static IServiceCollection AddUploads(this IServiceCollection services, UploadOptions options) => services
        .AddSingleton(options)
        .AddSingleton<UploadScan>()
        .AddSingleton<UploadMetrics>()
        .AddSingleton(provider => new UploadGate(
            provider.GetRequiredService<ContentIntake>(),
            provider.GetRequiredService<ContentScanner>(),
            provider.GetRequiredService<UploadScan>(),
            provider.GetRequiredService<UpstreamClient>(),
            provider.GetRequiredService<FlightShares>(),
            provider.GetRequiredService<UrlLookup>(),
            provider.GetRequiredService<ForgottenUrls>(),
            provider.GetRequiredService<GateReport>(),
            provider.GetRequiredService<UploadMetrics>(),
            options,
            provider.GetRequiredService<TimeProvider>()));
}
