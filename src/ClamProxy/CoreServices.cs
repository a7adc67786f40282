using ClamProxy.Configuration;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Names;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Core.Unproved;
using ClamProxy.Core.Verdicts;

namespace ClamProxy;

/// <summary>What every process that scans consists of, whether it has doors or not.</summary>
internal static class CoreServices
{
    /// <param name="store">Where contents are kept.</param>
    /// <param name="besideSpool">A folder on whose file system the spool is to be; null: nowhere in particular.</param>
    /// <param name="scans">Who scans.</param>
    /// <param name="deliveries">Whether there is a record of who took what.</param>
    /// <param name="policies">What is delivered although it is not clean, and what is not although it is.</param>
    public static IServiceCollection AddCore(
        this IServiceCollection services,
        SettingsReader settings,
        StoreOptions store,
        string? besideSpool,
        DoorScanOptions scans,
        DeliveryOptions deliveries,
        PolicyOptions policies) => services
        .AddSingleton(TimeProvider.System)
        .AddNames(settings.Read<NameOptions>())
        .AddDownload(settings.Read<DownloadOptions>())
        .AddStore(store)
        .AddSpool(settings.Read<SpoolOptions>(spool => spool.FolderBesideStore = besideSpool))
        .AddScanners(settings.Read<ClamdOptions>(), scans)
        .AddArchives(settings.Read<ArchiveOptions>())
        .AddRedis(settings.Read<RedisOptions>())
        .AddVerdicts(settings.Read<VerdictOptions>(), store.CutoffPath)
        .AddLeases(settings.Read<LeaseOptions>())
        .AddUnproved(settings.Read<UnprovedOptions>())
        .AddDeliveries(deliveries)
        .AddPolicies(policies)
        .AddIntake(settings.Read<IntakeOptions>())
        .AddScanning(settings.Read<ScanningOptions>(), scans.IsByWorkers)
        .AddGate(settings.Read<GateOptions>());

    private static IServiceCollection AddScanners(this IServiceCollection services, ClamdOptions clamd, DoorScanOptions scans) =>
        scans.IsByWorkers ? services.AddWorkerScanners(scans) : services.AddClamd(clamd);
}
