using System.Diagnostics;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Mixed;

/// <summary>Asks /healthz twenty times a second, and reads how much memory the process has in use.</summary>
internal sealed class Watch(ProxyProcess proxy)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly List<double> _milliseconds = [];

    /// <summary>The most memory so far, in bytes.</summary>
    public long Peak { get; private set; }

    public int Asked => _milliseconds.Count;

    /// <param name="share">0.99 for p99.</param>
    /// <returns>Milliseconds.</returns>
    public double Percentile(double share) =>
        _milliseconds.Count == 0 ? 0 : _milliseconds.Order().ElementAt((int)(share * (_milliseconds.Count - 1)));

    public async Task RunAsync(CancellationToken ending)
    {
        while (!ending.IsCancellationRequested && !proxy.HasExited)
        {
            _milliseconds.Add(await AskAsync());
            Peak = Math.Max(Peak, proxy.HasExited ? 0 : proxy.ResidentBytes);
            await Task.Delay(Pause, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<double> AskAsync()
    {
        var clock = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(Deadline);
        try
        {
            using var answer = await proxy.Management.GetAsync("/healthz", limit.Token);
            return answer.IsSuccessStatusCode ? clock.Elapsed.TotalMilliseconds : Deadline.TotalMilliseconds;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return Deadline.TotalMilliseconds;
        }
    }
}
