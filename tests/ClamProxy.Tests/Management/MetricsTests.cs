using System.Diagnostics.Metrics;
using ClamProxy.Management;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Tests.Management;

public sealed class MetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IMeterFactory _meters;
    private readonly MetricsCollector _collector;
    private readonly Meter _meter;

    public MetricsTests()
    {
        _meters = _services.GetRequiredService<IMeterFactory>();
        _collector = new MetricsCollector(_meters, NullLogger<MetricsCollector>.Instance);
        _meter = _meters.Create("ClamProxy.Sample");
    }

    public void Dispose()
    {
        _collector.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Counter_AddsUpByLabelsInAnyOrder()
    {
        var counter = _meter.CreateCounter<long>("clamproxy.sample.scans", "{scan}", "Scans\nby \\ result.");
        counter.Add(2, new("verdict", "clean"), new("tier", "url"));
        counter.Add(3, new KeyValuePair<string, object?>("tier", "url"), new KeyValuePair<string, object?>("verdict", "clean"));
        counter.Add(1, new KeyValuePair<string, object?>("verdict", "infected"));
        Assert.Equal(
            """
            # HELP clamproxy_sample_scans_total Scans\nby \\ result.
            # TYPE clamproxy_sample_scans_total counter
            clamproxy_sample_scans_total{tier="url",verdict="clean"} 5
            clamproxy_sample_scans_total{verdict="infected"} 1

            """,
            Ours());
    }

    [Fact]
    public void UpDownCounter_IsAGaugeThatAddsUp()
    {
        var inFlight = _meter.CreateUpDownCounter<int>("clamproxy.sample.in_flight", "{scan}");
        inFlight.Add(3);
        inFlight.Add(-1);
        Assert.Contains("# TYPE clamproxy_sample_in_flight gauge\nclamproxy_sample_in_flight 2\n", Ours(), StringComparison.Ordinal);
    }

    [Fact]
    public void Gauge_KeepsItsLastValue()
    {
        _meter.CreateGauge<double>("clamproxy.sample.share", "1").Record(0.25);
        Ours();
        Assert.Contains("\nclamproxy_sample_share_ratio 0.25\n", Ours(), StringComparison.Ordinal);
    }

    [Fact]
    public void ObservedSeriesThatIsGone_IsForgotten()
    {
        List<Measurement<long>> seen =
        [
            new(5, new KeyValuePair<string, object?>("scanner", "a")), new(6, new KeyValuePair<string, object?>("scanner", "b"))
        ];
        _meter.CreateObservableGauge("clamproxy.sample.age", () => seen.ToArray(), "s");
        Assert.Contains("clamproxy_sample_age_seconds{scanner=\"a\"} 5\n", Ours(), StringComparison.Ordinal);
        seen.RemoveAt(0);
        Assert.Equal(
            "# HELP clamproxy_sample_age_seconds \n# TYPE clamproxy_sample_age_seconds gauge\nclamproxy_sample_age_seconds{scanner=\"b\"} "
                + "6\n",
            Ours());
    }

    [Fact]
    public void ObservedCounter_IsNotAddedUpByScrapes()
    {
        _meter.CreateObservableCounter("clamproxy.sample.bytes", () => 7L, "By");
        Ours();
        Assert.Contains("\nclamproxy_sample_bytes_total 7\n", Ours(), StringComparison.Ordinal);
    }

    [Fact]
    public void Histogram_HasCumulativeBucketsOfItsAdvice()
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] };
        var took = _meter.CreateHistogram("clamproxy.sample.duration", "s", "Time.", advice: advice);
        foreach (var value in new[] { 0.05, 0.1, 0.5, 8, double.NaN })
        {
            took.Record(value, new KeyValuePair<string, object?>("call", "scan"));
        }

        Assert.EndsWith(
            """
            # TYPE clamproxy_sample_duration_seconds histogram
            clamproxy_sample_duration_seconds_bucket{call="scan",le="0.1"} 2
            clamproxy_sample_duration_seconds_bucket{call="scan",le="1"} 3
            clamproxy_sample_duration_seconds_bucket{call="scan",le="+Inf"} 4
            clamproxy_sample_duration_seconds_sum{call="scan"} 8.65
            clamproxy_sample_duration_seconds_count{call="scan"} 4

            """,
            Ours(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void HistogramWithoutAdvice_HasBucketsThatSuitItsUnit()
    {
        _meter.CreateHistogram<double>("clamproxy.sample.duration", "s").Record(1);
        _meter.CreateHistogram<long>("clamproxy.sample.size", "By").Record(1);
        var text = Ours();
        Assert.Contains("duration_seconds_bucket{le=\"300\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("size_bytes_bucket{le=\"1024\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("size_bytes_bucket{le=\"4294967296\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelValue_IsEscaped()
    {
        _meter.CreateCounter<long>("clamproxy.sample.odd").Add(1, new KeyValuePair<string, object?>("a.b", "q\"s\\n\nx"));
        Assert.Contains("""{a_b="q\"s\\n\nx"} 1""", Ours(), StringComparison.Ordinal);
    }

    [Fact]
    public void TagsWithoutEnd_EndInOneSeries()
    {
        var counter = _meter.CreateCounter<long>("clamproxy.sample.flood");
        for (var i = 0; i < 3 * MetricFamily.SeriesLimit; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("url", i));
        }

        var lines = Ours().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(MetricFamily.SeriesLimit + 1, lines.Count(line => line[0] != '#'));
        Assert.Contains("clamproxy_sample_flood_total{otel_metric_overflow=\"true\"} 2000", lines);
    }

    [Fact]
    public void InstrumentThatThrows_HidesNoOther()
    {
        _meter.CreateObservableGauge<int>("clamproxy.sample.broken", new Func<int>(() => throw new InvalidOperationException("broken")));
        _meter.CreateObservableGauge("clamproxy.sample.whole", () => 1);
        Assert.Contains("\nclamproxy_sample_whole 1\n", Ours(), StringComparison.Ordinal);
    }

    [Fact]
    public void MetersOfAnotherHost_AreNotOurs()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        other.GetRequiredService<IMeterFactory>().Create("ClamProxy.Sample").CreateCounter<long>("clamproxy.sample.theirs").Add(1);
        Assert.Equal("", Ours());
    }

    [Fact]
    public async Task AddingFromManyThreads_LosesNothing()
    {
        var counter = _meter.CreateCounter<long>("clamproxy.sample.parallel");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("tag", i % 10));
            }
        })));
        Assert.Equal(10, Ours().Split('\n').Count(line => line.EndsWith("} 4000", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a.b", "s", MetricKind.Histogram, "a_b_seconds")]
    [InlineData("a.b.seconds", "s", MetricKind.Gauge, "a_b_seconds")]
    [InlineData("a.b", "By", MetricKind.Counter, "a_b_bytes_total")]
    [InlineData("a.total", "{x}", MetricKind.Counter, "a_total")]
    [InlineData("a", "By/s", MetricKind.Gauge, "a_bytes_per_second")]
    [InlineData("a", "1", MetricKind.Counter, "a_total")]
    [InlineData("a", null, MetricKind.Gauge, "a")]
    [InlineData("1-a..b", "%", MetricKind.Gauge, "_1_a_b_percent")]
    internal void Name_FollowsOpenTelemetrysRules(string name, string? unit, MetricKind kind, string expected) =>
        Assert.Equal(expected, MetricName.Of(name, unit, kind));

    private string Ours() => string.Concat(
        _collector.Collect().Split('\n').Where(line => line.Contains("clamproxy_", StringComparison.Ordinal)).Select(line => line + "\n"));
}
