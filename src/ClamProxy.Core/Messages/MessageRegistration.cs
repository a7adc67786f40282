using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Messages;

public static class MessageRegistration
{
    /// <summary>Adds <see cref="MessageScanner"/>.</summary>
    /// <remarks>Needs scanning, intake and the gate.</remarks>
    public static IServiceCollection AddMessages(this IServiceCollection services, MessageOptions options) => services
        .AddSingleton(options)
        .AddSingleton<PartScan>()
        .AddSingleton(provider => new MessageScanner(
            provider.GetRequiredService<ContentScanner>(),
            provider.GetRequiredService<ContentIntake>(),
            provider.GetRequiredService<PartScan>(),
            provider.GetRequiredService<IScanners>(),
            provider.GetRequiredService<VerdictCutoffs>(),
            new MessageUrls(
                provider.GetRequiredService<UrlLookup>(),
                provider.GetRequiredService<UrlVerdicts>(),
                provider.GetRequiredService<ReleaseRules>(),
                options),
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MessageScanner>>()));
}
