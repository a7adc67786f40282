using System.Diagnostics.Metrics;
using ClamProxy.Management;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ClamProxy.Telemetry;

/// <summary>
/// Sends traces and metrics to the collector while the host runs. Only where they are asked for: this is the one class that names
/// OpenTelemetry's types, so that their code is not loaded elsewhere (decision 0049).
/// </summary>
internal sealed class TelemetryExport(TelemetryOptions options, TimeProvider clock, ILogger<TelemetryExport> logger)
    : IHostedService, IDisposable
{
    private const int MostSpansAtOnce = 512;

    private static readonly string[] Sources = ["ClamProxy.*", "Microsoft.AspNetCore", "System.Net.Http"];
    private static readonly string[] Meters = ["ClamProxy.*", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private readonly CancellationTokenSource _stopped = new();
    private CollectorHandler? _handler;
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _handler = new CollectorHandler(logger, _stopped.Token);
        var resource = ResourceBuilder.CreateEmpty()
            .AddTelemetrySdk()
            .AddService("clamproxy", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3))
            .AddAttributes(options.Attributes().Select(pair => new KeyValuePair<string, object>(pair.Key, pair.Value)));
        _traces = options.SendsTraces ? Traces(resource) : null;
        _metrics = options.SendsMetrics ? Metrics(resource) : null;
        logger.Sending(options.Traces, options.Metrics, options.Endpoint!, options.Protocol);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Sends what is left, for as long as <see cref="TelemetryOptions.FlushWithin"/> allows; a collector that does not answer is given
    /// up then.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var limit = (int)options.FlushWithin.TotalMilliseconds;
        Task sent = Task.WhenAll(
            Task.Run(() => _traces?.Shutdown(limit), CancellationToken.None),
            Task.Run(() => _metrics?.Shutdown(limit), CancellationToken.None));
        await Task.WhenAny(sent, Task.Delay(options.FlushWithin, clock, cancellationToken));
        await _stopped.CancelAsync();
        await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _stopped.Cancel();
        _traces?.Dispose();
        _metrics?.Dispose();
        _handler?.Dispose();
        _stopped.Dispose();
    }

    private TracerProvider Traces(ResourceBuilder resource) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(resource)
        .SetSampler(Sampler())
        .AddSource(Sources)
        .AddProcessor(new BatchActivityExportProcessor(
            new OtlpTraceExporter(Exporter("v1/traces")),
            options.MaxSpans,
            options.SpanIntervalMilliseconds,
            options.TimeoutMilliseconds,
            Math.Min(MostSpansAtOnce, options.MaxSpans)))
        .Build();

    private MeterProvider Metrics(ResourceBuilder resource) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(resource)
        .AddMeter(Meters)
        .AddView(Buckets)
        .AddReader(new PeriodicExportingMetricReader(
            new OtlpMetricExporter(Exporter("v1/metrics")), options.MetricIntervalMilliseconds, options.TimeoutMilliseconds))
        .Build();

    /// <summary>The buckets of /metrics, so that the same query works on both.</summary>
    private static ExplicitBucketHistogramConfiguration? Buckets(Instrument instrument) =>
        instrument.GetType().Name == "Histogram`1"
            ? new ExplicitBucketHistogramConfiguration { Boundaries = MetricBuckets.Of(instrument) }
            : null;

    private Sampler Sampler() => options.Sampler switch
    {
        TracesSampler.AlwaysOn => new AlwaysOnSampler(),
        TracesSampler.AlwaysOff => new AlwaysOffSampler(),
        TracesSampler.TraceIdRatio => new TraceIdRatioBasedSampler(options.SamplerRatio),
        TracesSampler.ParentBasedAlwaysOn => new ParentBasedSampler(new AlwaysOnSampler()),
        TracesSampler.ParentBasedAlwaysOff => new ParentBasedSampler(new AlwaysOffSampler()),
        TracesSampler.ParentBasedTraceIdRatio => new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SamplerRatio)),
    };

    private OtlpExporterOptions Exporter(string path) => new()
    {
        Endpoint = options.EndpointOf(path),
        Protocol = options.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        Headers = options.Headers,
        TimeoutMilliseconds = options.TimeoutMilliseconds,
        HttpClientFactory = () => new HttpClient(_handler!, disposeHandler: false)
        {
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds),
        },
    };
}
