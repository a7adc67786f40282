using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>The Redis of queue and results is killed while uploads are under way, and comes back with what is on its disk.</summary>
public sealed class RedisKilledTests : IAsyncDisposable
{
    private const int Uploads = 200;
    private const int AtOnce = 8;
    private const string Keys = "{clamproxy:v1:jobs}:";

    private readonly TempFolder _data = new();
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();

    /// <param name="fsync">Before an answer the log is at least written: what the kernel has outlasts the process. Only with
    /// <c>always</c> it outlasts the machine's power too.</param>
    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    public async Task KilledTwiceUnderLoad_NoAcceptedJobIsLostAndEachHasOneResult(string fsync)
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var redis = await RedisProcess.StartAsync(null, "--appendonly", "yes", "--appendfsync", fsync);
        await using var api = await JobMachine.StartAsync("api", _data.Path, _clamd.Endpoint, redis.Url);
        await using var worker = await JobMachine.StartAsync("worker", _data.Path, _clamd.Endpoint, redis.Url);
        var kills = new[] { Uploads / 4, Uploads / 2 }.Select(
            after => (After: after, Killed: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))).ToList();
        var accepted = new Dictionary<string, bool>();
        var refused = 0;
        var next = 0;

        async Task UploadAsync()
        {
            for (var number = Interlocked.Increment(ref next); number <= Uploads; number = Interlocked.Increment(ref next))
            {
                // However late the kill comes, there are uploads left for the time after it.
                await Task.WhenAll(kills.Where(kill => kill.After < number).Select(kill => kill.Killed.Task)).WaitAsync(cancelled);
                var isBad = number % 10 == 0;
                var bytes = isBad ? Eicar.Bytes : Encoding.UTF8.GetBytes($"content {number}");
                for (string? id = null; id is null;)
                {
                    (var status, id, _) = await api.UploadAsync(bytes);
                    lock (accepted)
                    {
                        Assert.True(status is 202 or 503, $"{status}\n{api.Process.Log}");
                        _ = id is null ? refused++ : accepted.TryAdd(id, isBad) ? 0 : throw new InvalidOperationException(id);
                    }

                    await Task.Delay(id is null ? 50 : 0, cancelled);
                }
            }
        }

        var uploading = Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(UploadAsync, cancelled)));
        foreach (var (after, killed) in kills)
        {
            await UntilAsync(() => Volatile.Read(ref next) >= after);
            var before = Volatile.Read(ref refused);
            await redis.KillAsync();
            killed.SetResult();
            await UntilAsync(() => Volatile.Read(ref refused) > before);
            await redis.RestartAsync();
        }

        await uploading;

        // It was killed under load, and some were refused meanwhile: none of those that were not is lost.
        Assert.Equal(Uploads, accepted.Count);
        foreach (var (id, isBad) in accepted)
        {
            Assert.Equal(isBad ? "INFECTED" : "CLEAN", await api.StatusAsync(id));
        }

        async Task UntilAsync(Func<bool> isSo)
        {
            while (!isSo() && !uploading.IsCompleted)
            {
                await Task.Delay(2, cancelled);
            }
        }

        // Each accepted job has left the queue. An upload that was refused may have been queued all the same: it ends too.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await redis.AskAsync("ZCARD", $"{Keys}ages") != ":0" || await redis.AskAsync("XLEN", $"{Keys}normal") != ":0")
        {
            await Task.Delay(50, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _clamd.DisposeAsync();
        _data.Dispose();
    }
}
