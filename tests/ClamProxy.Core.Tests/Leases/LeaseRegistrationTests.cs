using ClamProxy.Core.Leases;
using ClamProxy.Core.Names;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Core.Tests.Leases;

public sealed class LeaseRegistrationTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task NoRedisUrl_EachFlightIsAlone(string? url)
    {
        await using var provider = Provider(new RedisOptions { RedisUrl = url });
        await AssertAloneAsync(provider);
    }

    [Fact]
    public async Task RedisUrlOfNobody_EachFlightIsAlone()
    {
        await using var provider = Provider(new RedisOptions { RedisUrl = $"redis://127.0.0.1:{FreePort.Next()}" });
        for (var flight = 0; flight < 20; flight++)
        {
            await AssertAloneAsync(provider);
        }
    }

    [Fact]
    public async Task CallerHasLeft_IsToldSo()
    {
        await using var provider = Provider(new RedisOptions { RedisUrl = $"redis://127.0.0.1:{FreePort.Next()}" });
        var leases = provider.GetRequiredService<IFlightLeases>();
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await leases.TryTakeAsync(Records.Url, gone.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await leases.WaitAsync(Records.Url, gone.Token));
    }

    [Fact]
    public void Keys_AreTheRecordsWithAnotherName()
    {
        var digits = Records.Url.Text["clamproxy:v1:url:".Length..];
        Assert.Equal($"clamproxy:v1:lease:{digits}", LeaseKeys.Of(Records.Url.Text, RedisTopology.Standalone).Lease);
        Assert.Equal($"clamproxy:v1:fence:{digits}", LeaseKeys.Of(Records.Url.Text, RedisTopology.Sentinel).Fence);
    }

    private static async Task AssertAloneAsync(ServiceProvider provider)
    {
        var leases = provider.GetRequiredService<IFlightLeases>();
        Assert.Equal(new LeaseAttempt(LeaseOutcome.Alone), await leases.TryTakeAsync(Records.Url, TestContext.Current.CancellationToken));
        Assert.False(await leases.WaitAsync(Records.Url, TestContext.Current.CancellationToken));
    }

    private static ServiceProvider Provider(RedisOptions options) =>
        new ServiceCollection().AddLogging().AddMetrics().AddNames(new NameOptions()).AddRedis(options).AddLeases(new LeaseOptions())
            .BuildServiceProvider();
}
