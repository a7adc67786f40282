using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ClamProxy.Core.Download;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Tests.Download;

public sealed class DownloadMetricsTests
{
    [Fact]
    public async Task EveryFetch_IsCountedByItsOutcome()
    {
        await using var upstream = new Upstream(options => options.Retries = 1);
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", new byte[1000]);
        var seen = new ConcurrentQueue<string>();
        using var listener = Listen(upstream, seen);

        await upstream.DownloadAsync(origin.Url + "/file");
        await upstream.DownloadAsync(origin.Url + "/missing");
        await upstream.FetchFailureAsync("http://10.0.0.1/");
        await upstream.FetchFailureAsync($"http://127.0.0.1:{FreePort.Next()}/");

        Assert.Equal(
            [
                "clamproxy.download.head.duration [2xx]", "clamproxy.download.received 1000", "clamproxy.download.body.duration [ok]",
                "clamproxy.download.head.duration [4xx]", "clamproxy.download.received 0", "clamproxy.download.body.duration [ok]",
                "clamproxy.download.head.duration [upstream-forbidden]",
                "clamproxy.download.retries 1", "clamproxy.download.head.duration [upstream-unreachable]",
            ],
            seen);
    }

    private static MeterListener Listen(Upstream upstream, ConcurrentQueue<string> seen)
    {
        var meters = upstream.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == DownloadMetrics.MeterName && instrument.Meter.Scope == meters)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => seen.Enqueue($"{instrument.Name} [{tags[0].Value}]"));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen.Enqueue($"{instrument.Name} {value}"));
        listener.Start();
        return listener;
    }
}
