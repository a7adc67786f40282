using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Objects.S3;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>A user of Ceph who owns nothing, and may do what policies of buckets say.</summary>
internal sealed class CephUser
{
    private CephUser(S3Options options) => Options = options;

    public S3Options Options { get; }

    private string Principal => $"arn:aws:iam:::user/{Options.AccessKey}";

    public static async Task<CephUser> AddAsync(RadosGateway server)
    {
        var options = new S3Options
        {
            EndpointUrl = $"http://127.0.0.1:{server.Port}",
            AccessKey = $"user-{Guid.NewGuid():N}",
            SecretKey = $"secret-{Guid.NewGuid():N}",
            PartSize = 5 << 20,
            CopyPartSize = 5 << 20,
        };
        await server.AddUserAsync(options.AccessKey, options.SecretKey, TestContext.Current.CancellationToken);
        return new CephUser(options);
    }

    /// <summary>Takes everything that the user may do there away, and gives it these rights.</summary>
    public Task AllowAsync(AmazonS3Client owner, string bucket, IReadOnlyCollection<string> rights) => rights.Count == 0
        ? owner.DeleteBucketPolicyAsync(new DeleteBucketPolicyRequest { BucketName = bucket }, TestContext.Current.CancellationToken)
        : SetPolicyAsync(owner, bucket, StatementOf("Allow", bucket, rights, null));

    /// <summary>What the documentation proposes: readers get only what is tagged as clean.</summary>
    public Task AllowCleanAsync(AmazonS3Client owner, string bucket)
    {
        string[] reading = ["s3:GetObject", "s3:GetObjectVersion"];
        var isClean = new Dictionary<string, string> { ["s3:ExistingObjectTag/scan-status"] = "clean" };
        return SetPolicyAsync(owner, bucket, StatementOf("Allow", bucket, reading, new { StringEquals = isClean }));
    }

    private Dictionary<string, object> StatementOf(string effect, string bucket, IEnumerable<string> rights, object? condition)
    {
        var statement = new Dictionary<string, object>
        {
            ["Effect"] = effect,
            ["Principal"] = new { AWS = new[] { Principal } },
            ["Action"] = rights,
            ["Resource"] = new[] { $"arn:aws:s3:::{bucket}", $"arn:aws:s3:::{bucket}/*" },
        };
        if (condition is not null)
        {
            statement["Condition"] = condition;
        }

        return statement;
    }

    private static Task<PutBucketPolicyResponse> SetPolicyAsync(
        AmazonS3Client owner, string bucket, params object[] statements) => owner.PutBucketPolicyAsync(
        bucket,
        JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = statements }),
        TestContext.Current.CancellationToken);
}
