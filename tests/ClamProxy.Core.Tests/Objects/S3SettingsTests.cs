using ClamProxy.Core.Objects;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Tests.Objects;

public sealed class S3SettingsTests
{
    [Theory]
    [InlineData("s3://contents", "contents", "")]
    [InlineData("s3://contents/", "contents", "")]
    [InlineData("s3://contents/in/here/", "contents", "in/here/")]
    [InlineData("S3://My_old.Bucket-1/x", "My_old.Bucket-1", "x/")]
    public void StorageUrl_NamesBucketAndPrefix(string url, string bucket, string prefix)
    {
        var options = new ObjectOptions { StorageUrl = url };

        Assert.Empty(options.Problems());
        Assert.Equal(new S3Place(bucket, prefix), options.Place);
    }

    [Theory]
    [InlineData("contents")]
    [InlineData("http://contents/in")]
    [InlineData("s3://")]
    [InlineData("s3:///in")]
    [InlineData("s3://a")]
    [InlineData("s3://user:password@contents")]
    [InlineData("s3://contents/../other")]
    [InlineData("s3://contents//in")]
    [InlineData("s3://-contents")]
    public void OtherUrl_IsAProblem(string url) =>
        Assert.Equal(nameof(ObjectOptions.StorageUrl), Assert.Single(new ObjectOptions { StorageUrl = url }.Problems()).Property);

    [Theory]
    [InlineData("", "contents", true)]
    [InlineData("s3://contents/in", "contents", true)]
    [InlineData("s3://contents", "others", false)]
    [InlineData("", "a/b", false)]
    public void BucketsName_IsTakenAloneOrAsInTheUrl(string url, string bucket, bool isRight)
    {
        var options = new ObjectOptions { StorageUrl = url, Bucket = bucket };

        Assert.Equal(isRight, !options.Problems().Any());
        Assert.True(options.AreInBucket);
    }

    [Fact]
    public void NoBucket_IsAFolder()
    {
        Assert.False(new ObjectOptions().AreInBucket);
        Assert.Null(new ObjectOptions().Place);
    }

    [Theory]
    [InlineData("http://minio:9000", true)]
    [InlineData("https://s3.example.com/", true)]
    [InlineData("minio:9000", false)]
    [InlineData("ftp://minio", false)]
    [InlineData("http://user:password@minio:9000", false)]
    [InlineData("http://minio:9000/bucket", false)]
    [InlineData("http://minio:9000/?a", false)]
    public void Endpoint_IsSchemeHostAndPort(string url, bool isRight) =>
        Assert.Equal(isRight, !new S3Options { EndpointUrl = url }.Problems().Any());

    [Theory]
    [InlineData("a key", "", nameof(S3Options.SecretKey))]
    [InlineData("", "a secret", nameof(S3Options.AccessKey))]
    public void OneKeyOfTwo_IsAProblemThatShowsNeither(string access, string secret, string missing)
    {
        var problem = Assert.Single(new S3Options { AccessKey = access, SecretKey = secret }.Problems());

        Assert.Equal((missing, ""), (problem.Property, problem.Value));
    }

    [Theory]
    [InlineData(1, 5 << 20, 1)]
    [InlineData(5 << 20, 5 << 20, 1)]
    [InlineData((5 << 20) + 1, 5 << 20, 2)]
    [InlineData(5L << 40, 16 << 20, 10_000)]
    public void Parts_AreTheWholeAndNeverMoreThanS3Takes(long length, long size, int count)
    {
        var parts = S3Parts.Split(length, size).ToList();

        Assert.Equal(count, parts.Count);
        Assert.Equal(Enumerable.Range(1, count), parts.Select(part => part.Number));
        Assert.Equal(length, parts.Sum(part => part.Length));
        Assert.All(parts.Zip(parts.Skip(1)), pair => Assert.Equal(pair.First.Start + pair.First.Length, pair.Second.Start));
        Assert.All(parts, part => Assert.InRange(part.Length, 1, 5L << 30));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("a//b")]
    [InlineData("")]
    public void KeyThatIsNoPlainPath_IsRefused(string key) =>
        Assert.Throws<S3Exception>(() => new S3Place("contents", "in/").KeyOf(key));

    [Fact]
    public void KeyLongerThanS3Takes_IsRefused()
    {
        var prefix = string.Concat(Enumerable.Repeat(new string('a', 200) + "/", 5));

        Assert.Throws<S3Exception>(() => new S3Place("contents", prefix).KeyOf(new string('b', 100)));
    }
}
