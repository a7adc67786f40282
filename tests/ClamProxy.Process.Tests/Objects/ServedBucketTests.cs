using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>A bucket behind the proxy: its objects and nothing else of it. That requests are signed rightly, Ceph's tests show.</summary>
public sealed class ServedBucketTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    [Fact]
    public async Task Objects_AreScannedAndGiven()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server, "clean/");
        await bucket.PutAsync("tools/a.bin", [1, 2, 3]);
        await bucket.PutAsync("tools/bad.bin", Eicar.Bytes.ToArray());
        await using var served = await ServedBucket.StartAsync(bucket);

        using var clean = await served.GetAsync("/files/tools/a.bin");
        using var head = await served.SendAsync("/files/tools/a.bin", HttpMethod.Head);
        using var infected = await served.GetAsync("/files/tools/bad.bin");
        using var missing = await served.GetAsync("/files/tools/none.bin");

        Assert.True(clean.IsSuccessStatusCode, $"{clean}\n{served.Log}");
        Assert.Equal([1, 2, 3], await clean.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(clean.Headers.ETag);
        Assert.Equal((200, 3L), ((int)head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal((409, 404), ((int)infected.StatusCode, (int)missing.StatusCode));
        Assert.DoesNotContain(moto.Server.SecretKey, served.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoObject_IsNotAskedWithOurKeys()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        await bucket.PutAsync("a.bin", [1, 2, 3]);
        await bucket.PutAsync("secret.bin", [4]);
        await using var served = await ServedBucket.StartAsync(bucket);

        foreach (var path in new[] { "/files", "/files/", "/files?list-type=2", "/files/?policy" })
        {
            using var list = await served.GetAsync(path);
            Assert.Equal(400, (int)list.StatusCode);
        }

        using var tags = await served.GetAsync("/files/a.bin?tagging");
        using var deleted = await served.SendAsync("/files/a.bin", HttpMethod.Delete);
        using var climbs = await served.GetAsync("/files/%2e%2e%2fother/a.bin");

        Assert.Equal([1, 2, 3], await tags.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.False(deleted.IsSuccessStatusCode);
        Assert.Equal(400, (int)climbs.StatusCode);
        Assert.Equal(["a.bin", "secret.bin"], await bucket.KeysAsync());
    }

    [Fact]
    public async Task WhatAClientSaysToS3_IsNotSent()
    {
        await using var bucket = await BucketRig.StartAsync(moto.Server);
        await bucket.PutAsync("a.bin", [1, 2, 3]);
        await using var served = await ServedBucket.StartAsync(bucket);

        using var answer = await served.SendAsync("/files/a.bin", fields: new Dictionary<string, string>
        {
            ["Authorization"] = "AWS4-HMAC-SHA256 Credential=somebody/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00",
            ["x-amz-security-token"] = "somebody's",
        });

        Assert.True(answer.IsSuccessStatusCode, $"{answer}\n{served.Log}");
    }
}
