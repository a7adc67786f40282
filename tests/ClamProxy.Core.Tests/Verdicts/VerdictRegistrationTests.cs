using ClamProxy.Core.Names;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Tests.Verdicts;

public sealed class VerdictRegistrationTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void NoRedisUrl_VerdictsAreKeptInMemory(string? url)
    {
        using var provider = Provider(new RedisOptions { RedisUrl = url });
        Assert.Equal(new StoreState("memory", true, null), provider.GetRequiredService<IVerdictStore>().State);
    }

    [Fact]
    public async Task RedisUrlOfNobody_StartsAndEveryLookupMisses()
    {
        using var provider = Provider(new RedisOptions { RedisUrl = $"redis://:s3cret@127.0.0.1:{FreePort.Next()}" });
        var store = provider.GetRequiredService<IVerdictStore>();
        Assert.Null(await store.FindUrlAsync(Records.Url, default));
        Assert.Equal("redis", store.State.Name);
        Assert.False(store.State.IsAvailable);
        Assert.DoesNotContain("s3cret", store.State.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WrongRedisUrl_ThrowsWithoutThePassword()
    {
        using var provider = Provider(new RedisOptions { RedisUrl = "redis://app@s3cret@cache" });
        var thrown = Assert.Throws<ArgumentException>(provider.GetRequiredService<IVerdictStore>);
        Assert.DoesNotContain("s3cret", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultOptions_AreRight() => Assert.Empty(new VerdictOptions().Problems().Concat(new RedisOptions().Problems()));

    [Fact]
    public void LongestRestBelowTheFirst_IsAProblem() =>
        Assert.Equal(
            "BreakerRestMax",
            Assert.Single(new RedisOptions { BreakerRest = TimeSpan.FromSeconds(20) }.Problems()).Property);

    private static ServiceProvider Provider(RedisOptions options) =>
        new ServiceCollection().AddLogging().AddMetrics().AddNames(new NameOptions()).AddRedis(options).AddVerdicts(
            new VerdictOptions()).BuildServiceProvider();
}
