using ClamProxy.Configuration;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Events;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Doors.Http;
using ClamProxy.Telemetry;

namespace ClamProxy;

/// <summary>
/// Assemblies that are referred to and that a process does not use, never or with its settings: the names of those that
/// <see cref="CodePreload"/> leaves out, with all that only they refer to. One that is used nevertheless is loaded then.
/// </summary>
internal static class OptionalCode
{
    /// <summary>Of commands, of other systems, and of parts of ASP.NET Core and YARP that nothing here asks for.</summary>
    private static readonly string[] Never =
    [
        "Spectre.Console", "System.CommandLine",
        "Microsoft.AspNetCore.Server.HttpSys", "Microsoft.AspNetCore.Server.IIS", "Microsoft.AspNetCore.Server.IISIntegration",
        "Microsoft.AspNetCore.Server.Kestrel.Transport.NamedPipes", "Microsoft.AspNetCore.Server.Kestrel.Transport.Quic",
        "Microsoft.AspNetCore.Authentication", "Microsoft.AspNetCore.Cors", "Microsoft.AspNetCore.DataProtection",
        "Microsoft.AspNetCore.DataProtection.Abstractions", "Microsoft.AspNetCore.Diagnostics", "Microsoft.AspNetCore.OutputCaching",
        "Microsoft.AspNetCore.RateLimiting", "Microsoft.Extensions.Configuration.UserSecrets", "Microsoft.Extensions.Logging.Debug",
        "Microsoft.Extensions.Logging.EventLog", "Microsoft.Extensions.Logging.EventSource",
    ];

    private static readonly string[] OfTheApi =
    [
        "Microsoft.AspNetCore.Mvc.Abstractions", "Microsoft.AspNetCore.Mvc.Core", "Microsoft.AspNetCore.OpenApi", "Microsoft.OpenApi",
        "Scalar.AspNetCore",
    ];

    private static readonly string[] OfExtProc = ["Google.Protobuf", "Grpc.AspNetCore.Server", "Grpc.Core.Api", "Grpc.HealthCheck"];

    private static readonly string[] OfCollectors =
        ["OpenTelemetry", "OpenTelemetry.Api", "OpenTelemetry.Exporter.OpenTelemetryProtocol"];

    private static readonly string[] OfKafka = ["Confluent.Kafka"];

    private static readonly string[] OfSqlite = ["Microsoft.Data.Sqlite", "System.Data.Common"];

    /// <summary>Of all that is loaded otherwise XML is referred to by converters of types alone, which convert none to it.</summary>
    private static readonly string[] OfS3 = ["AWSSDK.Core", "AWSSDK.S3", "AWSSDK.SQS", "System.Xml.XDocument"];

    /// <summary>
    /// Jobs and buckets choose by settings of their own among all stores and queues; theirs are loaded as soon as there are any. The
    /// client of Redis is not among them: steps that every request takes refer to it.
    /// </summary>
    public static IReadOnlySet<string> NotUsedBy(IServiceProvider services)
    {
        var doors = services.GetRequiredService<DoorOptions>();
        var records = services.GetRequiredService<DeliveryOptions>();
        var routes = services.GetRequiredService<HttpDoorOptions>().Routes.Values;
        var hasJobs = services.GetService<JobOptions>() is not null || doors.Opens(Door.Buckets);
        (string[] Names, bool AreUsed)[] parts =
        [
            (Never, false),
            (OfTheApi, doors.Opens(Door.Api)),
            (OfExtProc, doors.Opens(Door.ExtProc)),
            (OfCollectors, services.GetRequiredService<TelemetryOptions>().NeedsSdk),
            (OfKafka, hasJobs),
            (OfSqlite, hasJobs || records.IsOn || services.GetService<EventOptions>() is { AreOn: true }),
            (OfS3, hasJobs || routes.Any(route => S3Upstream.IsBucket(route.Upstream))),
        ];
        return parts.Where(part => !part.AreUsed).SelectMany(part => part.Names).ToHashSet(StringComparer.Ordinal);
    }
}
