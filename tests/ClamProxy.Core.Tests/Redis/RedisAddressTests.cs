using ClamProxy.Core.Redis;

namespace ClamProxy.Core.Tests.Redis;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("redis://cache", "cache:6379", 0, null, null, false)]
    [InlineData("redis://cache/", "cache:6379", 0, null, null, false)]
    [InlineData("redis://cache.internal:7000/3", "cache.internal:7000", 3, null, null, false)]
    [InlineData("rediss://cache", "cache:6379", 0, null, null, true)]
    [InlineData("REDIS://cache", "cache:6379", 0, null, null, false)]
    [InlineData("redis://:secret@cache", "cache:6379", 0, null, "secret", false)]
    [InlineData("redis://:@cache", "cache:6379", 0, null, null, false)]
    [InlineData("redis://default:secret@cache:1", "cache:1", 0, "default", "secret", false)]
    [InlineData("redis://:p%40s%3As%2F%23%25%20+%C3%A9@cache", "cache:6379", 0, null, "p@s:s/#% +é", false)]
    [InlineData("redis://:a:b@cache", "cache:6379", 0, null, "a:b", false)]
    [InlineData("redis://10.0.0.7", "10.0.0.7:6379", 0, null, null, false)]
    [InlineData("redis://my_redis-1", "my_redis-1:6379", 0, null, null, false)]
    [InlineData("redis://app:secret@cache", "cache:6379", 0, "app", "secret", false)]
    [InlineData("rediss://app%40x:se%3Acret@cache/1", "cache:6379", 1, "app@x", "se:cret", true)]
    [InlineData("redis://[::1]", "[::1]:6379", 0, null, null, false)]
    [InlineData("redis://app:secret@[2001:db8::7]:6380/1", "[2001:db8::7]:6380", 1, "app", "secret", false)]
    [InlineData("unix:///run/redis/redis.sock", "/run/redis/redis.sock", 0, null, null, false)]
    [InlineData("unix:///run/redis.sock?db=4", "/run/redis.sock", 4, null, null, false)]
    [InlineData("unix://:secret@/run/my%20redis.sock", "/run/my redis.sock", 0, null, "secret", false)]
    [InlineData("unix://app:secret@/run/r@1.sock?db=0", "/run/r@1.sock", 0, "app", "secret", false)]
    public void OneServer_IsTakenApart(string url, string server, int database, string? user, string? password, bool isTls)
    {
        var address = Right(url);
        Assert.Equal(server, Assert.Single(Names(address)));
        Assert.Equal((database, user, password, isTls), (address.Database, address.User, address.Password, address.IsTls));
        Assert.Equal((RedisTopology.Standalone, null, null), (address.Topology, address.Primary, address.SentinelPassword));
    }

    [Theory]
    [InlineData("redis+sentinel://h1/master", "h1:26379", "master", 0, null, null, null, false)]
    [InlineData("redis+sentinel://h1:26379,h2:26380/master/0", "h1:26379 h2:26380", "master", 0, null, null, null, false)]
    [InlineData(
        "redis+sentinel://:secret@h1,[::1],10.0.0.7:5/my%20master/2",
        "h1:26379 [::1]:26379 10.0.0.7:5",
        "my master",
        2,
        "secret",
        null,
        null,
        false)]
    [InlineData(
        "rediss+sentinel://app:secret@h1,h2/master?sentinel_password=o%26ther",
        "h1:26379 h2:26379",
        "master",
        0,
        "secret",
        null,
        "o&ther",
        true)]
    [InlineData(
        "redis+sentinel://h1/master/?sentinel_user=watch&sentinel_password=other", "h1:26379", "master", 0, null, "watch", "other", false)]
    public void Sentinels_AreTakenApart(
        string url,
        string sentinels,
        string primary,
        int database,
        string? password,
        string? sentinelUser,
        string? sentinelPassword,
        bool isTls)
    {
        var address = Right(url);
        Assert.Equal(sentinels.Split(' '), Names(address));
        Assert.Equal(
            (RedisTopology.Sentinel, primary, database, isTls), (address.Topology, address.Primary, address.Database, address.IsTls));
        Assert.Equal((password, sentinelUser, sentinelPassword), (address.Password, address.SentinelUser, address.SentinelPassword));
    }

    [Theory]
    [InlineData("redis+cluster://h1", "h1:6379", false)]
    [InlineData("redis+cluster://h1,h2:7000/", "h1:6379 h2:7000", false)]
    [InlineData("rediss+cluster://app:secret@h1,[::1]:7001/0", "h1:6379 [::1]:7001", true)]
    public void Cluster_IsTakenApart(string url, string nodes, bool isTls)
    {
        var address = Right(url);
        Assert.Equal(nodes.Split(' '), Names(address));
        Assert.Equal((RedisTopology.Cluster, 0, isTls), (address.Topology, address.Database, address.IsTls));
    }

    [Theory]
    [InlineData("cache:6379,password=s3cret")]
    [InlineData("cache,password=s3cret")]
    [InlineData("redis://")]
    [InlineData("redis:///0")]
    [InlineData("http://:s3cret@cache")]
    [InlineData("s3cret")]
    [InlineData("s3cret://cache")]
    [InlineData("redis://s3cret@cache")]
    [InlineData("redis://:s3cret")]
    [InlineData("redis://app:s3cret")]
    [InlineData("redis+sentinel://h1/?sentinel_password=ab@s3cret")]
    [InlineData("redis+sentinel://h1/master/x?sentinel_password=ab@s3cret")]
    [InlineData("redis://s3cret:@cache")]
    [InlineData("redis://:s3cret@cache:99999")]
    [InlineData("redis://:s3cret@cache:0")]
    [InlineData("redis://:s3cret@cache/zero")]
    [InlineData("redis://:s3cret@cache/-1")]
    [InlineData("redis://:s3cret@cache/0/1")]
    [InlineData("redis://:s3cret@cache?db=1")]
    [InlineData("redis://cache?password=s3cret")]
    [InlineData("redis://:s3cret#x@cache")]
    [InlineData("redis://:s3cret?x@cache")]
    [InlineData("redis://:s3cret/x@cache")]
    [InlineData("redis://app:12/s3cret@cache")]
    [InlineData("redis://:x@s3cret@cache")]
    [InlineData("redis://:x@s3cret@cache,")]
    [InlineData("redis:/:s3cret@cache")]
    [InlineData("redis://:s3cret@cache cache")]
    [InlineData("redis://:s3cret@h1,h2")]
    [InlineData("redis://:s3cret@[::1")]
    [InlineData("redis://:s3cret@::1")]
    [InlineData("redis://:s3cret@[::1]6379")]
    [InlineData("redis+sentinel://:s3cret@h1")]
    [InlineData("redis+sentinel://:s3cret@h1,/master")]
    [InlineData("redis+sentinel://:s3cret@h1/master/zero")]
    [InlineData("redis+sentinel://:s3cret@h1/master/0/1")]
    [InlineData("redis+sentinel://h1/master?password=s3cret")]
    [InlineData("redis+sentinel://h1/master?s3cret")]
    [InlineData("redis+cluster://:s3cret@h1/1")]
    [InlineData("redis+cluster://:s3cret@h1?db=1")]
    [InlineData("unix://:s3cret@run/redis.sock")]
    [InlineData("unix://:s3cret@/")]
    [InlineData("unix://:s3cret@")]
    [InlineData("unix://:s3cret@/run/redis.sock?db=x")]
    [InlineData("unix:///run/redis.sock?password=s3cret")]
    public void WrongUrl_IsOneProblemThatShowsNoPassword(string url)
    {
        var problem = Assert.Single(new RedisOptions { RedisUrl = url }.Problems());
        Assert.Equal("RedisUrl", problem.Property);
        Assert.Contains("redis://[[user]:password@]host[:port][/db]", problem.Takes, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://h1,h2", "redis+sentinel://")]
    [InlineData("redis+sentinel://h1", "name of the primary")]
    [InlineData("redis+cluster://h1/1", "database 0 alone")]
    [InlineData("unix://redis.sock", "unix:///run/redis.sock")]
    [InlineData("redis://app@cache", "with a colon before it")]
    [InlineData("redis://:a@b@cache", "%40")]
    [InlineData("redis://:a/b@cache", "%2F")]
    [InlineData("redis+sentinel://h1/master?password=x", "sentinel_password")]
    public void WrongUrl_IsToldWhatToWrite(string url, string hint) =>
        Assert.Contains(hint, RedisUrl.Parse(url).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("cache", null, "cache:6379")]
    [InlineData("cache", "7000", "cache:7000")]
    [InlineData("10.0.0.7", "7000", "10.0.0.7:7000")]
    [InlineData("::1", "7000", "[::1]:7000")]
    [InlineData("[::1]", null, "[::1]:6379")]
    [InlineData("redis", "tcp://10.96.0.7:6380", "redis:6380")]
    public void HostAndPort_AreUnderstood(string host, string? port, string server)
    {
        var options = new RedisOptions { RedisHost = host, RedisPort = port };
        Assert.Empty(options.Problems());
        Assert.True(options.IsUsed);
        Assert.Equal(server, Assert.Single(Names(options.Address()!)));
    }

    [Theory]
    [InlineData("redis://cache", null, "RedisHost")]
    [InlineData("cache:6379", null, "RedisHost")]
    [InlineData("[::1]:6379", null, "RedisHost")]
    [InlineData("app:s3cret@cache", null, "RedisHost")]
    [InlineData("cache", "s", "RedisPort")]
    [InlineData("cache", "0", "RedisPort")]
    [InlineData("cache", "65536", "RedisPort")]
    public void WrongHostOrPort_IsAProblem(string host, string? port, string property)
    {
        var problem = Assert.Single(new RedisOptions { RedisHost = host, RedisPort = port }.Problems());
        Assert.Equal(property, problem.Property);
        Assert.DoesNotContain("s3cret", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void UrlAndHost_TheUrlWins()
    {
        var options = new RedisOptions { RedisUrl = "redis://one", RedisHost = "two", RedisPort = "tcp://x" };
        Assert.Empty(options.Problems());
        Assert.Equal("one:6379", Assert.Single(Names(options.Address()!)));
    }

    [Fact]
    public void PortAlone_IsNoRedis()
    {
        var options = new RedisOptions { RedisPort = "tcp://10.96.0.7:6379" };
        Assert.Empty(options.Problems());
        Assert.False(options.IsUsed);
    }

    [Theory]
    [InlineData("rediss://:s3cret@cache/2", "rediss://***@cache:6379/2")]
    [InlineData("redis://app:s3cret@[::1]", "redis://***@[::1]:6379/0")]
    [InlineData("redis+sentinel://:s3cret@h1,h2/master/0?sentinel_password=s3cret", "redis+sentinel://***@h1:26379,h2:26379/master/0")]
    [InlineData("rediss+cluster://h1,h2", "rediss+cluster://h1:6379,h2:6379/0")]
    [InlineData("unix://:s3cret@/run/redis.sock?db=1", "unix://***@/run/redis.sock?db=1")]
    public void ShownAsText_ThePasswordIsHidden(string url, string shown) => Assert.Equal(shown, Right(url).ToString());

    [Fact]
    public void TextFromRedis_HasNeitherPassword()
    {
        var address = Right("redis+sentinel://:s3cret@h1/master?sentinel_password=other");
        Assert.Equal("ERR unknown command 'AUTH' '***' '***'", address.Mask("ERR unknown command 'AUTH' 's3cret' 'other'"));
    }

    private static RedisAddress Right(string url)
    {
        var (address, problem) = RedisUrl.Parse(url);
        Assert.Null(problem);
        Assert.Empty(new RedisOptions { RedisUrl = url }.Problems());
        return address!;
    }

    private static IEnumerable<string> Names(RedisAddress address) =>
        address.EndPoints.Select(endPoint => endPoint is System.Net.DnsEndPoint name ? $"{name.Host}:{name.Port}" : endPoint.ToString()!);
}
