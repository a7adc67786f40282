using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Logging;

/// <summary>Standard output is a pipe that nobody reads, as with a log collector that hangs.</summary>
public sealed partial class UnreadLogTests
{
    private const int Requests = 3_200;
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task PipeThatNobodyReads_EveryRequestIsAnsweredAndTheOldestEntriesAreDropped()
    {
        await using var origin = await FakeOrigin.StartAsync();
        await using var clamd = FakeClamd.OnTcp();
        await using var proxy = await StartAsync(origin, clamd);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancelled },
            async (number, cancelled) =>
            {
                using var answer = await proxy.GetAsync($"/{number}", origin.Url).WaitAsync(TimeSpan.FromSeconds(30), cancelled);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            });

        var metrics = await proxy.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancelled);
        var counted = int.Parse(Counter().Match(metrics).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(counted, 1, 10 * Requests);
        using (var last = await proxy.GetAsync("/last", origin.Url))
        {
            Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        }

        proxy.ReadLog();
        proxy.Interrupt();
        await proxy.WaitForExitAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        var notice = Assert.Single(Notice().Matches(proxy.Log));
        Assert.True(int.Parse(notice.Groups[1].Value, CultureInfo.InvariantCulture) >= counted, notice.Value);
        Assert.Contains("/last", proxy.Log[notice.Index..], StringComparison.Ordinal);
        Assert.Contains("SIGINT: stopping", proxy.Log[notice.Index..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task PipeThatNobodyReads_EndsWhenItIsAskedTo()
    {
        await using var origin = await FakeOrigin.StartAsync();
        await using var clamd = FakeClamd.OnTcp();
        await using var proxy = await StartAsync(origin, clamd);
        for (var number = 0; number < 300; number++)
        {
            using var answer = await proxy.GetAsync($"/{number}", origin.Url);
        }

        proxy.Interrupt();

        await proxy.WaitForExitAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        Assert.Equal(0, proxy.ExitCode);
    }

    private static async Task<ProxyProcess> StartAsync(FakeOrigin origin, FakeClamd clamd)
    {
        origin.Otherwise = context => FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(context.Request.Path));
        origin.KeepsRequests = false;
        return await ProxyProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["CLAMD_HOSTS"] = clamd.Endpoint,
                ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
                ["LOG_QUEUE"] = "128K",
            },
            isLogRead: false);
    }

    [GeneratedRegex(@"^clamproxy_logging_dropped_total (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Counter();

    [GeneratedRegex(@"warn .* (\d+) log entries were dropped")]
    private static partial Regex Notice();
}
