using ClamProxy.Management;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>What a process with contents in a bucket needs to be told.</summary>
public sealed class BucketSettingsTests
{
    private static readonly string[] Bucket = ["--STORAGE_URL=s3://contents/jobs", "--S3_ENDPOINT_URL=http://127.0.0.1:1"];
    private static readonly string[] Keys = ["--S3_ACCESS_KEY=key-of-mine", "--S3_SECRET_KEY=secret-of-mine"];

    [Fact]
    public async Task QueueInRedisAndContentsInABucket_NeedNoFolder()
    {
        var (application, problems) = ProxyApplication.Build(["--DOORS=api,worker", "--QUEUE_URL=redis://127.0.0.1:1", .. Bucket, .. Keys]);

        Assert.Empty(problems);
        await application!.DisposeAsync();
    }

    [Fact]
    public void QueueOnThisMachine_NeedsTheFolder()
    {
        var (_, problems) = ProxyApplication.Build(["--DOORS=api", .. Bucket, .. Keys]);

        Assert.Contains("DATA_PATH", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void OneKeyOfTwo_IsNamedAndNotShown()
    {
        var (_, problems) = ProxyApplication.Build(["--DOORS=api", "--DATA_PATH=/tmp/none", .. Bucket, Keys[1]]);

        var problem = Assert.Single(problems);
        Assert.StartsWith("S3_ACCESS_KEY=", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of-mine", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--STORAGE_URL=file:///srv", "STORAGE_URL=")]
    [InlineData("--S3_BUCKET=another", "S3_BUCKET=")]
    [InlineData("--S3_ENDPOINT_URL=http://user:password@minio:9000", "S3_ENDPOINT_URL=")]
    public void WrongValue_IsNamedWithoutAPassword(string wrong, string begins)
    {
        var (_, problems) = ProxyApplication.Build(["--DOORS=api", "--DATA_PATH=/tmp/none", .. Bucket, .. Keys, wrong]);

        var problem = Assert.Single(problems);
        Assert.StartsWith(begins, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("password", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "the bucket is away")]
    [InlineData(false, null)]
    public void BucketThatCannotBeUsed_IsInTheWayOnlyOfAProcessWithoutFilesOfItsOwn(bool isNeeded, string? problem)
    {
        var scanner = new ScannerReadiness("tcp://clamd:3310", true, true, "1.4.6", 27826, null, null, null, null, false);
        var report = new ReadinessReport([scanner], new StoreReadiness("memory", true))
        {
            Objects = new ObjectReadiness("contents", "the bucket is away", isNeeded),
        };

        Assert.Equal(problem, report.Problem);
        Assert.Contains(
            "the bucket is away",
            System.Text.Encoding.UTF8.GetString(ReadinessWriter.Write(report, DateTimeOffset.UnixEpoch)),
            StringComparison.Ordinal);
    }
}
