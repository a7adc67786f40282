using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Tests.Objects;

public sealed class S3UpstreamTests
{
    [Theory]
    [InlineData("http://minio:9000", "s3://files/a b", S3Addressing.Auto, "http://minio:9000/files/a%20b/")]
    [InlineData("http://minio:9000", "s3://files", S3Addressing.Host, "http://files.minio:9000/")]
    [InlineData("", "s3://files/clean/", S3Addressing.Auto, "https://files.s3.eu-west-3.amazonaws.com/clean/")]
    [InlineData("", "s3://my.files", S3Addressing.Auto, "https://s3.eu-west-3.amazonaws.com/my.files/")]
    [InlineData("", "s3://files", S3Addressing.Path, "https://s3.eu-west-3.amazonaws.com/files/")]
    public void Bucket_HasTheUrlThatItsStoreGivesIt(string endpoint, string place, S3Addressing addressing, string url) =>
        Assert.Equal(url, Open(place, endpoint, addressing).Url);

    [Theory]
    [InlineData("/a/b.bin", "/a/b.bin")]
    [InlineData("/a%20b+c", "/a%20b%2Bc")]
    [InlineData("/%7ea%c3%bc", "/~a%C3%BC")]
    [InlineData("/a%2fb", "/a/b")]
    [InlineData("/a%ff%zz%", "/a%FF%25zz%25")]
    [InlineData("/a//b/", "/a//b/")]
    [InlineData("/a?acl&versionId=1", "/a")]
    public void Path_IsEncodedAsItIsSignedAndHasNoQuery(string raw, string path) => Assert.Equal(path, Open("s3://files").PathOf(raw));

    [Fact]
    public void WholeBucket_IsNoObject()
    {
        Assert.Null(Open("s3://files").PathOf("/"));
        Assert.Null(Open("s3://files").PathOf("/?list-type=2"));
        Assert.Equal("/", Open("s3://files/clean").PathOf("/?list-type=2"));
    }

    private static S3Upstream Open(string place, string endpoint = "", S3Addressing addressing = S3Addressing.Auto) => S3Upstream.Open(
        place,
        new S3Options { EndpointUrl = endpoint, Region = "eu-west-3", Addressing = addressing, AccessKey = "a", SecretKey = "b" },
        TimeProvider.System);
}
