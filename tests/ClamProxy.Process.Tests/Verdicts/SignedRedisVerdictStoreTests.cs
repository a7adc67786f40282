using System.Text;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;
using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Verdicts;

/// <summary>Signed records in a real redis-server, and what others plant there.</summary>
public sealed class SignedRedisVerdictStoreTests : IAsyncLifetime
{
    private const string Key = "a key of this test alone, which is long enough";

    private RedisProcess _redis = null!;
    private RedisUnderTest _test = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync();
        _test = new RedisUnderTest(
            _redis.Url, new RedisOptions { RedisTimeout = TimeSpan.FromSeconds(10) }, verdicts: new VerdictOptions { Keys = [Key] });
        await _test.ConnectedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _test.Dispose();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Saved_IsFoundByWhoeverHasTheKeyAndByWhoeverAsksForNone()
    {
        await SaveAsync();
        using var unsigned = new RedisUnderTest(_redis.Url);
        await unsigned.ConnectedAsync();

        foreach (var store in new[] { _test.Store, unsigned.Store })
        {
            Assert.Equal(Records.CleanUrl, await store.FindUrlAsync(Records.Url, Cancellation));
            Assert.Equal(Records.Clean, await store.FindContentAsync(Records.Content, Cancellation));
        }
    }

    [Fact]
    public async Task SavedUnderALease_IsFound()
    {
        var lease = await _test.Leases.TryTakeAsync(Records.Url, Cancellation);
        await _test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, lease.Lease!.Fence, Cancellation);

        Assert.Equal(Records.CleanUrl, await _test.Store.FindUrlAsync(Records.Url, Cancellation));
        await lease.Lease.DisposeAsync();
    }

    [Fact]
    public async Task PlantedRecords_AreMissesThatAreCountedAndToldOnce()
    {
        await _redis.AskAsync("SET", Records.Url.Text, Encoding.UTF8.GetString(VerdictFormat.Write(Records.CleanUrl)));
        await _redis.AskAsync("SET", Records.Content.Text, Encoding.UTF8.GetString(VerdictFormat.Write(Records.Content, Records.Clean)));

        Assert.Null(await _test.Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Null(await _test.Store.FindContentAsync(Records.Content, Cancellation));
        Assert.Single(_test.Log.Split('\n'), line => line.Contains("in Redis was ignored", StringComparison.Ordinal));
        Assert.DoesNotContain(Key, _test.Log, StringComparison.Ordinal);
        Assert.Equal(1, _test.Meters.Sum("clamproxy.verdicts.rejected", "url", "missing"));
        Assert.Equal(1, _test.Meters.Sum("clamproxy.verdicts.rejected", "content", "missing"));
    }

    [Fact]
    public async Task RecordOfAnotherFile_IsAMiss()
    {
        await SaveAsync();
        var other = ContentKey.For(new string('b', 64));
        await _redis.AskAsync("SET", other.Text, (await _redis.AskAsync("GET", Records.Content.Text))!);

        Assert.Null(await _test.Store.FindContentAsync(other, Cancellation));
    }

    private async Task SaveAsync()
    {
        await _test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        await _test.Store.SaveContentAsync(Records.Content, Records.Clean, Cancellation);
    }
}
