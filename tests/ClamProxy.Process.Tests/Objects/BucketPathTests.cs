using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>
/// Jobs whose contents lie in a bucket, from the upload to the deletion: the process that operators run, and a real clamd.
/// </summary>
public sealed class BucketPathTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    /// <summary>Less than the large file: whoever held it in memory would end.</summary>
    private const string HeapLimit = "0x4000000";

    private const int Large = 72 << 20;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CleanFile_IsUploadedScannedDeliveredAndDeleted()
    {
        await using var world = await StartAsync();
        var bytes = RandomBody.Of(300_000);

        var id = await world.UploadAsync(bytes);
        var result = await world.ResultAsync(id);

        Assert.Equal("CLEAN", result.GetProperty("status").GetString());
        Assert.Equal(world.Bucket.Bucket, result.GetProperty("bucket").GetString());
        Assert.Equal([$"jobs/{result.GetProperty("key").GetString()}"], await world.Bucket.KeysAsync());
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(bytes, await world.DownloadAsync(id));
            Assert.Equal(bytes[200_000..200_010], await world.DownloadAsync(id, new RangeHeaderValue(200_000, 200_009)));
            Assert.Equal(bytes[^5..], await world.DownloadAsync(id, new RangeHeaderValue(null, 5)));
        }

        using var deleted = await world.Api.DeleteAsync(new Uri($"/files/{id}", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(await world.Bucket.KeysAsync());
    }

    [Fact]
    public async Task InfectedFile_LiesInQuarantineAndIsNotDelivered()
    {
        await using var world = await StartAsync();

        var id = await world.UploadAsync([.. Eicar.Bytes]);

        Assert.Equal("INFECTED", (await world.ResultAsync(id)).GetProperty("status").GetString());
        using var answer = await world.Api.GetAsync(new Uri($"/download/{id}", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.StartsWith("jobs/quarantine/", Assert.Single(await world.Bucket.KeysAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ObjectReplacedInTheBucket_IsNotDelivered()
    {
        await using var world = await StartAsync();
        var id = await world.UploadAsync(RandomBody.Of(1000));
        var key = (await world.ResultAsync(id)).GetProperty("key").GetString();
        await world.DownloadAsync(id);

        await world.Bucket.OverwriteAsync($"jobs/{key}");

        using var answer = await world.Api.GetAsync(new Uri($"/download/{id}", UriKind.Relative), Cancelled);
        Assert.False(answer.IsSuccessStatusCode);
        Assert.DoesNotContain("somebody else's", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileLargerThanTheHeap_GoesTheSameWay()
    {
        await using var world = await StartAsync(new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = HeapLimit });
        var bytes = RandomBody.Of(Large);

        var id = await world.UploadAsync(bytes);
        var result = await world.ResultAsync(id);

        Assert.Equal("CLEAN", result.GetProperty("status").GetString());
        var hash = SHA256.HashData(bytes);
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(hash, SHA256.HashData(await world.DownloadAsync(id)));
        }

        Assert.Empty(await world.Bucket.UploadsAsync());
    }

    [Fact]
    public async Task StoreIsDown_UploadsAreToldToComeBackAndReadyzSaysWhy()
    {
        await using var relay = new FlakyRelay(moto.Server.Port);
        await using var world = await StartAsync(port: relay.Port);
        await relay.RefuseAsync();

        using var form = world.Form(RandomBody.Of(1000));
        using var answer = await world.Api.PostAsync(new Uri("/upload", UriKind.Relative), form, Cancelled);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("cannot be reached", await world.UnreadyAsync(), StringComparison.Ordinal);

        relay.Listen();
        await world.ReadyAsync();
        await world.UploadAsync(RandomBody.Of(1000));
    }

    [Fact]
    public async Task BucketMissing_ReadyzAndTheLogNameIt()
    {
        await using var world = await StartAsync(
            new Dictionary<string, string> { ["STORAGE_URL"] = "s3://there-is-none/jobs" }, waitUntilReady: false);

        Assert.Contains("there is no bucket there-is-none", await world.UnreadyAsync(), StringComparison.Ordinal);
        await world.LoggedAsync("Bucket there-is-none cannot be used: there is no bucket there-is-none");
        Assert.DoesNotContain(moto.Server.SecretKey, world.Log, StringComparison.Ordinal);
    }

    private Task<BucketWorld> StartAsync(
        IReadOnlyDictionary<string, string>? variables = null, int? port = null, bool waitUntilReady = true) =>
        BucketWorld.StartAsync(moto.Server, port ?? moto.Server.Port, variables, waitUntilReady);
}
