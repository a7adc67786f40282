using ClamProxy.Core.Failures;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Tests.Objects.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>A bucket in Ceph, which checks signatures and who may do what.</summary>
public sealed class CephObjectsTests(CephFixture ceph) : ObjectStoreConformance, IClassFixture<CephFixture>, IAsyncLifetime
{
    private const int Large = 12_000_000;

    private BucketRig _bucket = null!;

    public async ValueTask InitializeAsync() => _bucket = await BucketRig.StartAsync(ceph.Server, "jobs/");

    public async ValueTask DisposeAsync()
    {
        if (_bucket is not null)
        {
            await _bucket.DisposeAsync();
        }

        Dispose();
    }

    [Fact]
    public async Task LargeContent_IsPutAndMovedInParts()
    {
        var bytes = RandomBody.Of(Large);
        await _bucket.PutAsync("a_file", bytes);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

        Assert.Null(await _bucket.Open().MoveAsync("a_file", "processed/a_file", hash, Cancelled));

        Assert.Equal(["jobs/processed/a_file"], await _bucket.KeysAsync());
        Assert.Equal(bytes, await _bucket.BytesAsync("jobs/processed/a_file"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WrongKey_IsNamedAndNothingOfItIsShown(bool isSecretWrong)
    {
        const string Wrong = "not-the-right-key-at-all";
        var options = BucketRig.OptionsOf(ceph.Server, secretKey: isSecretWrong ? Wrong : null, accessKey: isSecretWrong ? null : Wrong);
        var (store, check) = (_bucket.Open(options), _bucket.Check(options));

        await check.LookAsync(Cancelled);
        var failure = await _bucket.TryPutAsync(store, [1]);

        Assert.Equal(FailureReason.ObjectsUnavailable, failure?.Reason);
        Assert.Contains(isSecretWrong ? "S3_SECRET_KEY" : "S3_ACCESS_KEY", check.Problem, StringComparison.Ordinal);
        var logged = string.Join(' ', _bucket.Log.GetSnapshot().Select(one => one.Message));
        Assert.DoesNotContain(Wrong, $"{failure}{check.Problem}{logged}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoRightToPut_TheCheckNamesIt()
    {
        await _bucket.AllowOnlyReadingAsync();
        var check = _bucket.Check(_bucket.Options);

        await check.LookAsync(Cancelled);

        Assert.Contains("no right s3:PutObject in bucket", check.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BucketWithVersions_NothingIsLeftOfWhatIsMovedOrDeleted()
    {
        await using var bucket = await BucketRig.StartAsync(ceph.Server, hasVersions: true);
        await bucket.PutAsync("a_file", [1]);
        await bucket.PutAsync("a_file", [1, 2]);
        await bucket.PutAsync("b_file", [1, 2, 3]);

        Assert.Null(await bucket.Open().MoveAsync("b_file", "processed/b_file", null, Cancelled));
        Assert.Equal(3, (await bucket.VersionsAsync()).Length);

        Assert.Null(await bucket.Open().DeleteAsync("a_file", Cancelled));
        Assert.Null(await bucket.Open().DeleteAsync("processed/b_file", Cancelled));
        Assert.Empty(await bucket.VersionsAsync());
    }

    [Fact]
    public async Task RouteToABucket_GivesItsObjectsBySignedRequests()
    {
        const string Key = "jobs/a b+c/\u00fc~(1)=%.bin";
        var bytes = RandomBody.Of(300_000);
        await _bucket.PutAsync("a b+c/\u00fc~(1)=%.bin", bytes);
        await using var served = await ServedBucket.StartAsync(_bucket);
        using var anonymous = new HttpClient();

        using var refused = await anonymous.GetAsync($"{_bucket.Options.EndpointUrl}/{_bucket.Bucket}/{Key.Split('/')[0]}/x", Cancelled);
        using var got = await served.GetAsync("/files/a%20b+c/%C3%BC~(1)=%25.bin");
        using var again = await served.GetAsync("/files/a%20b%2bc/%c3%bc%7E%281%29%3D%25.bin");
        using var part = await served.GetAsync("/files/a%20b+c/%C3%BC~(1)=%25.bin", from: 299_990);

        Assert.Equal(403, (int)refused.StatusCode);
        Assert.Equal(bytes, await BodyAsync(got));
        Assert.Equal(bytes, await BodyAsync(again));
        Assert.Equal(206, (int)part.StatusCode);
        Assert.Equal(bytes[299_990..], await BodyAsync(part));

        async Task<byte[]> BodyAsync(HttpResponseMessage answer)
        {
            Assert.True(answer.IsSuccessStatusCode, $"{answer}\n{served.Log}");
            return await answer.Content.ReadAsByteArrayAsync(Cancelled);
        }
    }

    private protected override IObjectStore Open() => _bucket.Open();

    private protected override void Close()
    {
        // Its server's end is its own.
    }
}
