using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>The places where a Redis may listen, beside an IPv4 address.</summary>
public sealed class RedisPlacesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ipv6Address_IsReached()
    {
        await using var redis = await RedisProcess.StartAsync(null, "--bind", "127.0.0.1", "::1");
        using var test = new RedisUnderTest($"redis://[::1]:{redis.Port}/1");
        await test.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(test);
    }

    [Fact]
    public async Task UnixSocket_IsReachedWithItsDatabase()
    {
        using var folder = new TempFolder();
        await using var redis = await RedisProcess.StartAsync("s3cret", "--unixsocket", folder.File("my redis.sock"));
        using var test = new RedisUnderTest($"unix://:s3cret@{folder.Path}/my%20redis.sock?db=3");
        await test.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(test);
        Assert.Equal(":0", await redis.AskAsync("DBSIZE"));
    }

    [Fact]
    public async Task SocketThatIsNotThere_IsAMiss()
    {
        using var folder = new TempFolder();
        using var test = new RedisUnderTest($"unix://{folder.Path}/redis.sock");
        Assert.Null(await test.Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.False(test.Store.State.IsAvailable);
    }

    [Fact]
    public async Task ClusterBehindACertificateOfANamedHost_IsLetIn()
    {
        await using var server = new FakeCertificateServer();
        using var chain = new FakeCertificateChain(server);
        using var folder = new TempFolder();
        var (certificate, key) = chain.Files(withIntermediate: true);
        await using var redis = await RedisProcess.StartTlsAsync(
            certificate,
            key,
            "--bind",
            "127.0.0.1",
            "127.0.0.2",
            "--tls-cluster",
            "yes",
            "--cluster-enabled",
            "yes",
            "--cluster-config-file",
            folder.File("nodes.conf"),
            "--cluster-port",
            $"{FreePort.Next()}");
        await redis.KillAsync();
        await File.WriteAllTextAsync(
            folder.File("nodes.conf"),
            $"{new string('a', 40)} 127.0.0.2:{redis.Port}@{FreePort.Next()} myself,master - 0 0 1 connected 0-16383\nvars currentEpoch 1 "
                + "lastVoteEpoch 0\n",
            Cancellation);
        await redis.RestartAsync();
        await using var clamd = FakeClamd.OnTcp();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["REDIS_URL"] = $"rediss+cluster://localhost:{redis.Port}",
            ["SSL_CERT_FILE"] = chain.RootFile,
        });
        await new ReadinessWatch(proxy).UntilAsync(isAvailable: true);
        Assert.Equal(0, server.Connections);
    }
}
