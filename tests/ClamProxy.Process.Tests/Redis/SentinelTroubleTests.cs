using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>Passwords of servers and Sentinels, and Sentinels that are away.</summary>
public sealed class SentinelTroubleTests
{
    private const string Password = "s3cret p@ss/#%";
    private const string SentinelPassword = "s3cret of others&?";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static RedisOptions Quick => new()
    {
        RedisTimeout = TimeSpan.FromMilliseconds(500),
        BreakerRest = TimeSpan.FromMilliseconds(100),
        BreakerRestMax = TimeSpan.FromMilliseconds(500),
    };

    [Fact]
    public async Task TwoPasswords_EachIsSentWhereItBelongs()
    {
        await using var redis = await RedisSentinels.StartAsync(Password, SentinelPassword);
        using (var test = new RedisUnderTest(redis.Url, Quick))
        {
            await test.ConnectedAsync();
            await RedisTroubleTests.SavedIsFoundAsync(test);
            Assert.DoesNotContain("s3cret", test.Log, StringComparison.Ordinal);
        }

        using var without = new RedisUnderTest(redis.Url[..redis.Url.IndexOf('?', StringComparison.Ordinal)], Quick);
        await without.UntilAsync(() => without.Log.Contains("is left alone", StringComparison.Ordinal));
        Assert.Null(await without.Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.False(without.Store.State.IsAvailable);
        Assert.DoesNotContain("s3cret", without.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SentinelsAway_VerdictsAreFoundAndANewProcessFindsThemWhenTheyAreBack()
    {
        await using var redis = await RedisSentinels.StartAsync();
        using var old = new RedisUnderTest(redis.Url, Quick);
        await old.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(old);

        await redis.KillSentinelsAsync();
        await RedisTroubleTests.SavedIsFoundAsync(old);
        using var late = new RedisUnderTest(redis.Url, Quick);
        await late.UntilAsync(() => late.Log.Split("is left alone", StringSplitOptions.None).Length > 8);
        Assert.False(late.Store.State.IsAvailable);

        await redis.StartSentinelsAsync();
        await late.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(late);
        await RedisTroubleTests.SavedIsFoundAsync(old);

        // What was given up leaves no connection behind: both instances and this question.
        await late.UntilAsync(
            async () =>
                (await redis.AskAsync("CLIENT", "LIST", "TYPE", "normal"))!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length <= 2
                    + 1 + Sentinels);
    }

    // Each Sentinel has one connection for commands to each server.
    private const int Sentinels = 3;
}
