using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>
/// The rights that docs/configuration/buckets.md lists suffice, and each of them is needed and named where it is missing.
/// </summary>
public sealed class BucketRightsTests(CephFixture ceph) : IClassFixture<CephFixture>
{
    private const string Key = "a/file.txt";
    private const int Large = 6_000_000;
    private static readonly byte[] Fine = [.. "fine"u8];
    private static readonly string[] Placing =
        ["s3:PutObject", "s3:PutObjectTagging", "s3:GetObject", "s3:GetObjectTagging", "s3:ListBucket", "s3:AbortMultipartUpload"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<BucketAction, bool, string, string> Missing => new()
    {
        { BucketAction.Move, false, "Untrusted", "s3:GetObject" },
        { BucketAction.Move, false, "Untrusted", "s3:GetObjectTagging" },
        { BucketAction.Move, false, "Untrusted", "s3:DeleteObject" },
        { BucketAction.Move, true, "Untrusted", "s3:GetObjectVersion" },
        { BucketAction.Move, true, "Untrusted", "s3:GetObjectVersionTagging" },
        { BucketAction.Move, true, "Untrusted", "s3:DeleteObjectVersion" },
        { BucketAction.Move, false, "Clean", "s3:PutObject" },
        { BucketAction.Move, false, "Clean", "s3:ListBucket" },
        { BucketAction.Move, false, "Clean", "s3:GetObject" },
        { BucketAction.Copy, false, "Quarantine", "s3:PutObject" },
        { BucketAction.Copy, false, "Quarantine", "s3:ListBucket" },
        { BucketAction.Tag, false, "Untrusted", "s3:PutObjectTagging" },
        { BucketAction.Tag, true, "Untrusted", "s3:PutObjectVersionTagging" },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public async Task RightThatIsMissing_IsNamedWithItsBucketAndTheObjectStays(
        BucketAction action, bool hasVersions, string place, string right)
    {
        var (rig, user) = await StartAsync(action, hasVersions, place, right);
        await using var end = rig;
        var version = await rig.PutAsync(Key, place == "Quarantine" ? Eicar.Bytes : Fine);
        if ((place, right) is ("Clean", "s3:GetObject"))
        {
            await rig.PutAsync(Key, Fine, rig.Clean);
        }

        var result = await OpenAs(rig, user, action).RunAsync(rig.Told(Key, version), Cancelled);

        var failure = Assert.IsType<FlowResult.Later>(result).Failure;
        var bucket = place switch { "Untrusted" => rig.Untrusted, "Clean" => rig.Clean, _ => rig.Quarantine };
        Assert.Matches($@"no right .*\b{right}\b.* in bucket {bucket} ", failure.DetailAndCause);
        Assert.Equal([Key], await KeysAsync(rig));
    }

    [Theory]
    [InlineData(BucketAction.Move, false)]
    [InlineData(BucketAction.Move, true)]
    [InlineData(BucketAction.Copy, false)]
    [InlineData(BucketAction.Tag, false)]
    [InlineData(BucketAction.Tag, true)]
    public async Task RightsOfTheDocumentation_Suffice(BucketAction action, bool hasVersions)
    {
        var (rig, user) = await StartAsync(action, hasVersions, "", "");
        await using var end = rig;
        var flow = OpenAs(rig, user, action);
        (string Key, byte[] Bytes)[] objects = [("fine", Fine), ("large", RandomBody.Of(Large)), ("bad", Eicar.Bytes), ("bad", Fine)];
        foreach (var (key, bytes) in objects)
        {
            var version = await rig.PutAsync(key, bytes);
            Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told(key, version), Cancelled));
        }

        Assert.IsType<FlowResult.Unneeded>(await flow.RunAsync(rig.Told("gone"), Cancelled));
        Assert.Equal(action == BucketAction.Tag ? [] : ["bad", "fine", "large"], await rig.KeysAsync(rig.Clean));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("s3:AbortMultipartUpload", 1)]
    public async Task PutInPartsFails_ItsPartsAreRemovedWhereThatIsAllowedAndTheObjectStays(string missing, int left)
    {
        var (rig, user) = await StartAsync(BucketAction.Move, false, "Clean", missing);
        await using var end = rig;
        await rig.PutAsync("large", RandomBody.Of(Large));
        var breaks = rig.Open(
            OptionsOf(rig, BucketAction.Move),
            request => _ = request is UploadPartRequest { PartNumber: 2 } ? throw new IOException("the line is cut") : request,
            user.Options);

        var failure = Assert.IsType<FlowResult.Later>(await breaks.RunAsync(rig.Told("large"), Cancelled)).Failure;

        Assert.Contains("the line is cut", failure.DetailAndCause, StringComparison.Ordinal);
        Assert.Equal(["large"], await KeysAsync(rig));
        var uploads = await rig.Client.ListMultipartUploadsAsync(rig.Clean, Cancelled);
        Assert.Equal(left, uploads.MultipartUploads?.Count ?? 0);

        Assert.IsType<FlowResult.Done>(await OpenAs(rig, user, BucketAction.Move).RunAsync(rig.Told("large"), Cancelled));
        Assert.Equal(["large"], await rig.KeysAsync(rig.Clean));
    }

    [Fact]
    public async Task PolicyOfTheDocumentation_ReadersGetOnlyWhatIsTaggedAsClean()
    {
        await using var rig = await FlowRig.StartAsync(ceph.Server);
        await rig.StartHostAsync();
        var reader = await CephUser.AddAsync(ceph.Server);
        await reader.AllowCleanAsync(rig.Client, rig.Untrusted);
        foreach (var (key, bytes) in ((string, byte[])[])[("fine", Fine), ("bad", Eicar.Bytes), ("new", Fine)])
        {
            await rig.PutAsync(key, bytes);
        }

        using var client = S3Clients.Open(reader.Options);
        async Task<HttpStatusCode> ReadAsync(string key)
        {
            try
            {
                using var got = await client.GetObjectAsync(rig.Untrusted, key, Cancelled);
                return got.HttpStatusCode;
            }
            catch (AmazonS3Exception e)
            {
                return e.StatusCode;
            }
        }

        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync("fine"));
        var flow = rig.Open(OptionsOf(rig, BucketAction.Tag));
        Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told("fine"), Cancelled));
        Assert.IsType<FlowResult.Done>(await flow.RunAsync(rig.Told("bad"), Cancelled));

        Assert.Equal(HttpStatusCode.OK, await ReadAsync("fine"));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync("bad"));
        Assert.Equal(HttpStatusCode.Forbidden, await ReadAsync("new"));
    }

    /// <summary>Ceph refuses a put before it has read its body, and takes the body for the connection's next request.</summary>
    private static async Task<string[]> KeysAsync(FlowRig rig)
    {
        try
        {
            return await rig.KeysAsync(rig.Untrusted);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.BadRequest)
        {
            return await rig.KeysAsync(rig.Untrusted);
        }
    }

    private static BucketFlowOptions OptionsOf(FlowRig rig, BucketAction action) => new()
    {
        Untrusted = rig.Flow.Untrusted,
        Clean = action == BucketAction.Tag ? "" : rig.Flow.Clean,
        Quarantine = action == BucketAction.Tag ? "" : rig.Flow.Quarantine,
        Action = action,
    };

    private static BucketFlow OpenAs(FlowRig rig, CephUser user, BucketAction action) =>
        rig.Open(OptionsOf(rig, action), user: user.Options);

    /// <summary>As the documentation lists them.</summary>
    private static string[] InUntrusted(BucketAction action, bool hasVersions)
    {
        string[] reading = hasVersions
            ? ["s3:ListBucket", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"]
            : ["s3:ListBucket", "s3:GetObject", "s3:GetObjectTagging"];
        return (action, hasVersions) switch
        {
            (BucketAction.Move, false) => [.. reading, "s3:DeleteObject"],
            (BucketAction.Move, true) => [.. reading, "s3:DeleteObjectVersion"],
            (BucketAction.Tag, false) => [.. reading, "s3:PutObjectTagging"],
            (BucketAction.Tag, true) => [.. reading, "s3:PutObjectVersionTagging"],
            _ => reading,
        };
    }

    private async Task<(FlowRig Rig, CephUser User)> StartAsync(BucketAction action, bool hasVersions, string place, string missing)
    {
        var rig = await FlowRig.StartAsync(ceph.Server, hasVersions);
        await rig.StartHostAsync();
        var user = await CephUser.AddAsync(ceph.Server);
        foreach (var (name, bucket, rights) in ((string, string, string[])[])
            [
                ("Untrusted", rig.Untrusted, InUntrusted(action, hasVersions)),
                ("Clean", rig.Clean, action == BucketAction.Tag ? [] : Placing),
                ("Quarantine", rig.Quarantine, action == BucketAction.Tag ? [] : Placing),
            ])
        {
            await user.AllowAsync(rig.Client, bucket, [.. rights.Where(right => name != place || right != missing)]);
        }

        return (rig, user);
    }
}
