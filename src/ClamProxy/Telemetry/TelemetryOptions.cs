using System.Text.RegularExpressions;
using ClamProxy.Core.Settings;

namespace ClamProxy.Telemetry;

/// <summary>
/// Traces and metrics for an OpenTelemetry collector, by the variables of
/// opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables. Off unless there is an endpoint.
/// </summary>
public sealed partial class TelemetryOptions : ISettings
{
    private const string EndpointTakes =
        "an absolute http or https URL without user-info, query and fragment, such as http://collector:4318";
    private const string HeadersTake = "name=value pairs with commas between them, values percent-encoded";
    private const string AttributesTake =
        "name=value pairs with commas between them, values percent-encoded, such as deployment.environment.name=test";
    private const string DefaultServiceName = "clamproxy";

    public static string Section => "Telemetry";

    /// <summary>The collector that traces and metrics are sent to. Default unset: nothing is sent, and requests are not traced.</summary>
    [Setting(EndpointTakes, Variable = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    public string? Endpoint { get; set; }

    /// <summary>
    /// How they are sent. With http/protobuf, v1/traces and v1/metrics are appended to the endpoint. Default http/protobuf, as
    /// OpenTelemetry's specification has it.
    /// </summary>
    [Setting("http/protobuf (port 4318 of most collectors) or grpc (port 4317)", Variable = "OTEL_EXPORTER_OTLP_PROTOCOL")]
    public OtlpProtocol Protocol { get; set; } = OtlpProtocol.HttpProtobuf;

    /// <summary>Header fields for the collector, such as a token: a secret, which is never logged. Default unset.</summary>
    [Setting(HeadersTake, Variable = "OTEL_EXPORTER_OTLP_HEADERS", Secret = true)]
    public string? Headers { get; set; }

    /// <summary>
    /// How many milliseconds the collector may take for one batch; then the batch is dropped. Default 10000 as in the specification.
    /// </summary>
    [Setting("milliseconds, 100 to 60000", Variable = "OTEL_EXPORTER_OTLP_TIMEOUT", Min = 100, Max = 60_000)]
    public int TimeoutMilliseconds { get; set; } = 10_000;

    /// <summary>Whether traces are sent. Default otlp.</summary>
    [Setting("otlp or none", Variable = "OTEL_TRACES_EXPORTER")]
    public SignalExporter Traces { get; set; } = SignalExporter.Otlp;

    /// <summary>Whether metrics are sent; /metrics has them in any case. Default otlp.</summary>
    [Setting("otlp or none", Variable = "OTEL_METRICS_EXPORTER")]
    public SignalExporter Metrics { get; set; } = SignalExporter.Otlp;

    /// <summary>
    /// Which requests are traced. Default parentbased_always_on: as the client's traceparent says, and all that have none.
    /// </summary>
    [Setting(
        "parentbased_always_on, parentbased_always_off, parentbased_traceidratio, always_on, always_off or traceidratio",
        Variable = "OTEL_TRACES_SAMPLER")]
    public TracesSampler Sampler { get; set; } = TracesSampler.ParentBasedAlwaysOn;

    /// <summary>The part of requests that traceidratio and parentbased_traceidratio trace. Default 1.</summary>
    [Setting("a number from 0 to 1, such as 0.1", Variable = "OTEL_TRACES_SAMPLER_ARG", Min = 0, Max = 1)]
    public double SamplerRatio { get; set; } = 1;

    /// <summary>The name that traces and metrics carry. Default clamproxy, or the service.name of ResourceAttributes.</summary>
    [Setting("a name", Variable = "OTEL_SERVICE_NAME")]
    public string? ServiceName { get; set; }

    /// <summary>What else traces and metrics carry. Default unset.</summary>
    [Setting(AttributesTake, Variable = "OTEL_RESOURCE_ATTRIBUTES")]
    public string? ResourceAttributes { get; set; }

    /// <summary>True: nothing is sent and requests are not traced, whatever else is set. Default false.</summary>
    [Setting("true or false", Variable = "OTEL_SDK_DISABLED")]
    public bool Disabled { get; set; }

    /// <summary>Spans that may wait to be sent; more are dropped. Default 2048 as in the specification: about 2 MB.</summary>
    [Setting("a number from 16 to 100000", Variable = "OTEL_BSP_MAX_QUEUE_SIZE", Min = 16, Max = 100_000)]
    public int MaxSpans { get; set; } = 2_048;

    /// <summary>How many milliseconds pass between two sendings of spans. Default 5000 as in the specification.</summary>
    [Setting("milliseconds, 10 to 600000", Variable = "OTEL_BSP_SCHEDULE_DELAY", Min = 10, Max = 600_000)]
    public int SpanIntervalMilliseconds { get; set; } = 5_000;

    /// <summary>How many milliseconds pass between two sendings of metrics. Default 60000 as in the specification.</summary>
    [Setting("milliseconds, 100 to 3600000", Variable = "OTEL_METRIC_EXPORT_INTERVAL", Min = 100, Max = 3_600_000)]
    public int MetricIntervalMilliseconds { get; set; } = 60_000;

    /// <summary>
    /// How long a process that stops may take to send what is left. Default 1 s, within the 3 that a stop may take after STOP_WITHIN.
    /// </summary>
    [Setting("takes a time from 0 to 10 s, such as 1s", Min = 0, Max = 10)]
    public TimeSpan FlushWithin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests are traced.</summary>
    internal bool SendsTraces => IsOn && Traces == SignalExporter.Otlp;

    internal bool SendsMetrics => IsOn && Metrics == SignalExporter.Otlp;

    /// <summary>Something is sent, so that OpenTelemetry's code is needed.</summary>
    internal bool NeedsSdk => SendsTraces || SendsMetrics;

    private bool IsOn => Endpoint is not null && !Disabled;

    public IEnumerable<SettingProblem> Problems()
    {
        if (Endpoint is { } endpoint && !IsEndpoint(endpoint))
        {
            yield return new(nameof(Endpoint), endpoint, EndpointTakes);
        }

        if (!AreFields(Headers))
        {
            yield return new(nameof(Headers), "***", HeadersTake);
        }

        if (NamedValues.Parse(ResourceAttributes) is null)
        {
            yield return new(nameof(ResourceAttributes), ResourceAttributes!, AttributesTake);
        }
    }

    /// <summary>Where one signal is sent to.</summary>
    /// <param name="path">The signal's path with http/protobuf.</param>
    internal Uri EndpointOf(string path)
    {
        var endpoint = Endpoint ?? throw new InvalidOperationException("there is no collector");
        Uri.TryCreate(Protocol == OtlpProtocol.Grpc ? endpoint : $"{endpoint.TrimEnd('/')}/{path}", UriKind.Absolute, out var uri);
        return uri ?? throw new InvalidOperationException("the collector's URL was not checked");
    }

    /// <summary>What spans and metrics say of this process, but for its version.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Attributes()
    {
        var given = NamedValues.Parse(ResourceAttributes) ?? [];
        var name = ServiceName ?? given.LastOrDefault(pair => pair.Key == "service.name").Value ?? DefaultServiceName;
        return [.. given.Where(pair => pair.Key != "service.name"), new("service.name", name)];
    }

    private static bool IsEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0, Host.Length: > 0 };

    private static bool AreFields(string? text) =>
        NamedValues.Parse(text) is { } fields && fields.All(field => FieldName().IsMatch(field.Key) && field.Value.All(char.IsAscii));

    /// <summary>RFC 9110 §5.6.2.</summary>
    [GeneratedRegex(@"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\z")]
    private static partial Regex FieldName();
}
