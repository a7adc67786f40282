using System.Diagnostics;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>What /readyz of a proxy says of its verdict store.</summary>
internal sealed class ReadinessWatch(ProxyProcess proxy)
{
    private static readonly TimeSpan Overall = TimeSpan.FromSeconds(45);

    /// <summary>Asks until the store is, or is not, available. The process itself has to be ready all the time.</summary>
    /// <returns>How long that took, and what is wrong with the store.</returns>
    public async Task<(TimeSpan Took, string? Problem)> UntilAsync(bool isAvailable)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var (ready, available, problem) = await AskAsync();
            Assert.True(ready);
            Assert.Equal(available, problem is null);
            if (available == isAvailable)
            {
                return (waited.Elapsed, problem);
            }

            Assert.True(
                waited.Elapsed < Overall,
                $"the store is {(isAvailable ? "not" : "still")} available after {Overall}: {problem}\n{proxy.Log}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private async Task<(bool Ready, bool Available, string? Problem)> AskAsync()
    {
        using var answer = await proxy.Management.GetAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var store = json.RootElement.GetProperty("store");
        return (answer.IsSuccessStatusCode, store.GetProperty("available").GetBoolean(), store.GetProperty("problem").GetString());
    }
}
