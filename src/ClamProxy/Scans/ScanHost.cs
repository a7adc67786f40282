using ClamProxy.Configuration;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Store;
using ClamProxy.Presets;

namespace ClamProxy.Scans;

/// <summary>
/// The core of ClamProxy without a door: what <see cref="LocalScans"/> scans with. It logs errors alone, to standard error: results say
/// the rest.
/// </summary>
internal static class ScanHost
{
    /// <param name="isRecorded">Whether what is delivered goes into the record of deliveries, where there is one.</param>
    /// <param name="also">Adds what one command needs besides; what is wrong with its settings, one line each.</param>
    /// <returns>The host, or what is wrong with its settings: one line each.</returns>
    public static (IHost? Host, IReadOnlyList<string> Problems) Build(
        bool isRecorded = false, Func<SettingsReader, IServiceCollection, IEnumerable<string>>? also = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

        // Not appsettings.json: the current folder may be the very one that nobody trusts.
        builder.Configuration.AddEnvironmentVariables();
        var unmet = builder.Configuration.AddPresets();
        var settings = new SettingsReader(builder.Configuration);
        builder.Logging.AddClamProxyLogging(Quiet(settings.Read<LoggingOptions>()), Console.OpenStandardError());

        var data = settings.Read<JobOptions>().DataPath;
        var deliveries = isRecorded ? settings.Read<DeliveryOptions>(record => record.DataPath = data) : new DeliveryOptions();

        // No file is kept: a server may be using the store's folder.
        builder.Services.AddCore(
            settings,
            new StoreOptions(),
            besideSpool: null,
            new DoorScanOptions(),
            deliveries,
            settings.Read<PolicyOptions>(policies => policies.DataPath = data));
        string[] others = [.. also?.Invoke(settings, builder.Services) ?? []];
        string[] problems = [.. unmet, .. settings.ValueProblems, .. others];
        return problems.Length > 0 ? (null, problems) : (builder.Build(), []);
    }

    private static LoggingOptions Quiet(LoggingOptions options)
    {
        options.Level = options.Level < LogLevel.Error ? LogLevel.Error : options.Level;
        return options;
    }
}
