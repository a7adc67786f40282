using System.Net;
using System.Security.Cryptography;
using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Verdicts;

/// <summary>Somebody who can write to Redis, but has no key, calls an infected file clean.</summary>
public sealed class PlantedVerdictTests
{
    private static readonly string Key = new('k', 32);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CleanVerdictWrittenByHand_BlessesNothing()
    {
        // Without a key it is believed: so the records are the ones that an attacker would write.
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await PlantAsync(""));
        Assert.Equal([HttpStatusCode.Conflict, HttpStatusCode.Conflict], await PlantAsync(Key));
    }

    /// <returns>What the infected file is answered with: behind a record of another file made to fit, and behind one without a
    /// signature.</returns>
    private static async Task<List<HttpStatusCode>> PlantAsync(string verdictKey)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/clean", "clean"u8.ToArray());
        origin.On("/infected", Eicar.Bytes);
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["REDIS_URL"] = redis.Url,
            ["VERDICT_KEY"] = verdictKey,

            // A call that a busy machine delays would be a miss, and the planted record not asked for.
            ["ClamProxy__Verdicts__RedisTimeout"] = "10s",
        });
        await new ReadinessWatch(proxy).UntilAsync(isAvailable: true);
        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/clean", origin.Url, cacheScan: true)).StatusCode);
        var known = Convert.ToHexStringLower(SHA256.HashData("clean"u8));
        var wanted = Convert.ToHexStringLower(SHA256.HashData(Eicar.Bytes));
        var record = await RecordAsync(redis, known);
        Assert.Equal(verdictKey.Length > 0, record.Contains("\"mac\":", StringComparison.Ordinal));
        var forged = record.Replace(known, wanted, StringComparison.Ordinal);
        var signature = forged.IndexOf(",\"until\"", StringComparison.Ordinal);
        var answers = new List<HttpStatusCode>();
        foreach (var planted in new[] { forged, signature < 0 ? forged : forged[..signature] + "}" })
        {
            await redis.AskAsync("SET", "clamproxy:v1:content:" + wanted, planted);
            using var answer = await proxy.GetAsync("/infected", origin.Url, cacheScan: true);
            answers.Add(answer.StatusCode);
            await redis.AskAsync("DEL", "clamproxy:v1:content:" + wanted);
            await redis.AskAsync(
                "EVAL", "for _, key in ipairs(redis.call('KEYS', 'clamproxy:v1:url:*')) do redis.call('DEL', key) end return 1", "0");
        }

        Assert.Equal(verdictKey.Length > 0, proxy.Log.Contains("in Redis was ignored", StringComparison.Ordinal));
        Assert.DoesNotContain(Key, proxy.Log, StringComparison.Ordinal);
        foreach (var page in new[] { "/readyz", "/metrics" })
        {
            Assert.DoesNotContain(
                Key, await proxy.Management.GetStringAsync(new Uri(page, UriKind.Relative), Cancellation), StringComparison.Ordinal);
        }

        return answers;
    }

    /// <summary>The content's record, which is saved behind the answer.</summary>
    private static async Task<string> RecordAsync(RedisProcess redis, string sha256)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (await redis.AskAsync("GET", "clamproxy:v1:content:" + sha256) is { } record)
            {
                return record;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
