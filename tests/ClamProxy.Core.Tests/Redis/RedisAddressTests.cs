using ClamProxy.Core.Redis;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Redis;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("redis://cache", "cache", 6379, 0, null, false)]
    [InlineData("redis://cache/", "cache", 6379, 0, null, false)]
    [InlineData("redis://cache.internal:7000/3", "cache.internal", 7000, 3, null, false)]
    [InlineData("rediss://cache", "cache", 6379, 0, null, true)]
    [InlineData("REDIS://cache", "cache", 6379, 0, null, false)]
    [InlineData("redis://:secret@cache", "cache", 6379, 0, "secret", false)]
    [InlineData("redis://:@cache", "cache", 6379, 0, null, false)]
    [InlineData("redis://default:secret@cache:1", "cache", 1, 0, "secret", false)]
    [InlineData("redis://:p%40s%3As%2F%23%25%20+%C3%A9@cache", "cache", 6379, 0, "p@s:s/#% +é", false)]
    [InlineData("redis://:a:b@cache", "cache", 6379, 0, "a:b", false)]
    [InlineData("redis://10.0.0.7", "10.0.0.7", 6379, 0, null, false)]
    public void RightUrl_IsTakenApart(string url, string host, int port, int database, string? password, bool isTls)
    {
        var (address, problem) = RedisAddress.Parse(url);
        Assert.Null(problem);
        Assert.NotNull(address);
        Assert.Equal((host, port, database, password, isTls), (address.Host, address.Port, address.Database, address.Password, address.IsTls));
        Assert.Empty(new VerdictOptions { RedisUrl = url }.Problems());
    }

    [Theory]
    [InlineData("cache:6379,password=s3cret")]
    [InlineData("cache,password=s3cret")]
    [InlineData("redis://")]
    [InlineData("redis:///0")]
    [InlineData("http://:s3cret@cache")]
    [InlineData("s3cret")]
    [InlineData("redis://s3cret@cache")]
    [InlineData("redis://app:s3cret@cache")]
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
    [InlineData("redis://:x@s3cret@cache,")]
    [InlineData("redis:/:s3cret@cache")]
    [InlineData("redis://:s3cret@[2001:db8::7]:6380/1")]
    public void WrongUrl_IsOneProblemThatShowsNoPassword(string url)
    {
        var problem = Assert.Single(new VerdictOptions { RedisUrl = url }.Problems());
        Assert.Equal("RedisUrl", problem.Property);
        Assert.DoesNotContain("s3cret", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ShownAsText_ThePasswordIsHidden()
    {
        var (address, _) = RedisAddress.Parse("rediss://:s3cret@cache/2");
        Assert.Equal("rediss://***@cache:6379/2", address!.ToString());
        Assert.Equal("ERR unknown command 'AUTH' '***'", address.Mask("ERR unknown command 'AUTH' 's3cret'"));
    }

    [Fact]
    public void UserName_IsRefusedWithTheReason()
    {
        var problem = Assert.Single(new VerdictOptions { RedisUrl = "redis://app:pw@cache" }.Problems());
        Assert.Contains("user name", problem.Takes, StringComparison.Ordinal);
        Assert.Equal("redis://***@cache", problem.Value);
    }
}
