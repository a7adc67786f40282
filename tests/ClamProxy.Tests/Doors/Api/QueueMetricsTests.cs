using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

public sealed class QueueMetricsTests
{
    [Fact]
    public async Task JobsThatWait_AreInTheMetricsByPriority()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--ClamProxy:Jobs:WatchInterval=100ms"]);
        await world.UploadAsync(RandomBody.Of(1000));
        await world.UploadAsync(RandomBody.Of(1000));
        using var form = ApiWorld.Form((RandomBody.Of(1000), "a"));
        form.Add(new StringContent("high"), "priority");
        await world.PostAsync("/upload", form);

        var metrics = await MetricsAsync(world, "clamproxy_jobs_waiting{priority=\"high\"} 1\n");

        Assert.Contains("clamproxy_jobs_waiting{priority=\"normal\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Matches("clamproxy_jobs_waiting_age_seconds\\{priority=\"normal\"\\} [0-9.]+", metrics);
    }

    private static async Task<string> MetricsAsync(ApiWorld world, string until)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var metrics = await world.Host.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative), limit.Token);
            if (metrics.Contains(until, StringComparison.Ordinal))
            {
                return metrics;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
