using ClamProxy.Telemetry;
using ClamProxy.Tests.Configuration;

namespace ClamProxy.Tests.Telemetry;

public sealed class TelemetryOptionsTests
{
    [Fact]
    public void NothingSet_NeedsNoSdk() => Assert.False(new TelemetryOptions().NeedsSdk);

    [Fact]
    public void StandardVariables_AreRead()
    {
        var settings = Given.Environment(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
            ("OTEL_SERVICE_NAME", "mirror"));
        var options = settings.Read<TelemetryOptions>();

        Assert.Empty(settings.Problems);
        Assert.Equal(
            (OtlpProtocol.Grpc, TracesSampler.ParentBasedTraceIdRatio, 0.25),
            (options.Protocol, options.Sampler, options.SamplerRatio));
        Assert.True(options is { SendsTraces: true, SendsMetrics: true });
        Assert.Equal("http://collector:4317/", options.EndpointOf("v1/traces").AbsoluteUri);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "/tmp/collector")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://collector")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector/?a=b")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "0")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "no pair")]
    [InlineData("OTEL_TRACES_SAMPLER", "sometimes")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "2")]
    [InlineData("OTEL_TRACES_EXPORTER", "zipkin")]
    public void WrongValue_IsOneLine(string variable, string value)
    {
        var settings = Given.Environment((variable, value));
        settings.Read<TelemetryOptions>();
        Assert.StartsWith($"{variable}={value.Split('?')[0]}", Assert.Single(settings.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "authorization Bearer hunter2")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "authorization=hunter2%0d%0ahost: other")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:hunter2@collector:4318")]
    public void SecretInAWrongValue_IsNotShown(string variable, string value)
    {
        var settings = Given.Environment((variable, value));
        settings.Read<TelemetryOptions>();
        var line = Assert.Single(settings.Problems);
        Assert.StartsWith(variable, line, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://collector:4318", "http://collector:4318/v1/traces")]
    [InlineData("https://collector/base/", "https://collector/base/v1/traces")]
    public void PathOfTheSignal_IsAppended(string endpoint, string expected) =>
        Assert.Equal(expected, new TelemetryOptions { Endpoint = endpoint }.EndpointOf("v1/traces").AbsoluteUri);

    [Fact]
    public void ServiceName_WinsOverTheAttribute()
    {
        var options = new TelemetryOptions { ResourceAttributes = "service.name=there,team=blue%20one" };
        Assert.Equal([new("team", "blue one"), new("service.name", "there")], options.Attributes());
        options.ServiceName = "here";
        Assert.Equal([new("team", "blue one"), new("service.name", "here")], options.Attributes());
    }
}
