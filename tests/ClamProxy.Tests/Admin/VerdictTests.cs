using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Http;

namespace ClamProxy.Tests.Admin;

/// <summary>What is known of URLs and contents: looked up, purged, scanned again.</summary>
public sealed class VerdictTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StoredFile_IsKnownByUrlAndByContent()
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        await world.GetFileAsync();

        var byUrl = AdminWorld.Json(await world.GetAsync($"/verdicts?url={Uri.EscapeDataString(world.Url)}")).GetProperty("verdicts");
        var byContent = AdminWorld.Json(await world.GetAsync($"/verdicts?sha256={AdminWorld.Sha256.ToUpperInvariant()}"))
            .GetProperty("verdicts");

        foreach (var one in new[] { Assert.Single(byUrl.EnumerateArray()), Assert.Single(byContent.EnumerateArray()) })
        {
            Assert.Equal(
                (AdminWorld.Sha256, "clean", true, false, 20_000, 27_826),
                (
                    one.GetProperty("sha256").GetString(), one.GetProperty("verdict").GetString(), one.GetProperty("stored").GetBoolean(),
                    one.GetProperty("stale").GetBoolean(), one.GetProperty("size").GetInt32(), one.GetProperty("database").GetInt32()));
            Assert.True(one.GetProperty("scannedAt").TryGetDateTimeOffset(out _));
        }
    }

    [Fact]
    public async Task RefusedFile_IsKnownWithItsSignature()
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        world.FindFile();
        Assert.Equal(409, (await world.GetFileAsync()).Status);

        var known = AdminWorld.Json(await world.GetAsync($"/verdicts?url={Uri.EscapeDataString(world.Url)}")).GetProperty("verdicts")[0];

        Assert.Equal(
            ("infected", "Local.Evil.UNOFFICIAL", false),
            (
                known.GetProperty("verdict").GetString(), known.GetProperty("signature").GetString(),
                known.GetProperty("stored").GetBoolean()));
    }

    [Theory]
    [InlineData("url", true)]
    [InlineData("sha256", true)]
    [InlineData("prefix", false)]
    [InlineData("all", false)]
    public async Task Purged_IsGoneAndDownloadedAndScannedAgain(string what, bool isCounted)
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        await world.GetFileAsync();
        var body = what switch
        {
            "url" => $$"""{"url": "{{world.Url}}"}""",
            "sha256" => $$"""{"sha256": "{{AdminWorld.Sha256}}"}""",
            "prefix" => $$"""{"prefix": "{{world.World.Origin.Url}}/packages/"}""",
            _ => """{"all": true}""",
        };

        var purged = AdminWorld.Json(await world.PostAsync("/purge", body));

        Assert.Equal(isCounted ? 1 : null, Number("verdicts"));
        Assert.Equal(isCounted ? 1 : null, Number("files"));
        Assert.Equal(404, (await world.GetAsync($"/verdicts?url={Uri.EscapeDataString(world.Url)}")).Status);
        await world.GetFileAsync();
        await world.GetFileAsync();
        Assert.Equal(2, world.World.Origin.Requests.Count);
        if (what != "prefix")
        {
            Assert.Equal(2, world.World.Clamd.Contents.Count);
        }

        int? Number(string name) => purged.GetProperty(name) is { ValueKind: System.Text.Json.JsonValueKind.Number } number
            ? number.GetInt32()
            : null;
    }

    [Theory]
    [InlineData("/purge", 2)]
    [InlineData("/rescan", 1)]
    public async Task CodedAnswer_IsPurgedAndScannedAgainInBothForms(string path, int downloads)
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        world.World.Origin.On("/index", context =>
        {
            context.Response.Headers.CacheControl = "max-age=3600";
            context.Response.Headers.ETag = "\"1\"";
            context.Response.Headers.ContentEncoding = "gzip";
            return FakeOrigin.SendAsync(context, CodedBody.Of("gzip", AdminWorld.Content));
        });
        await AskAsync();

        await world.PostAsync(path, $$"""{"url": "{{world.World.Origin.Url}}/index"}""");

        await AskAsync();
        Assert.Equal("ClamProxy; hit", (await AskAsync())["Cache-Status"]!.Split("; ttl")[0]);
        Assert.Equal(downloads, world.World.Origin.Requests.Count);
        Assert.Equal(4, world.World.Clamd.Contents.Count);

        async Task<Reply> AskAsync()
        {
            using var request = world.World.Request("/index");
            request.Headers.Remove("Cache-Scan");
            request.Headers.TryAddWithoutValidation("Cache-Scan", "Revalidate");
            return await world.World.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("/pack/")]
    [InlineData("/packages/evil/")]
    [InlineData("/packages/evil-1.2.3.tar.gz/")]
    public async Task OtherPrefix_PurgesNothing(string prefix)
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        await world.GetFileAsync();

        Assert.Equal(200, (await world.PostAsync("/purge", $$"""{"prefix": "{{world.World.Origin.Url}}{{prefix}}"}""")).Status);

        await world.GetFileAsync();
        Assert.Single(world.World.Origin.Requests);
    }

    [Theory]
    [InlineData("url")]
    [InlineData("sha256")]
    [InlineData("all")]
    public async Task Rescan_StoredFileIsScannedAgainAndNotDownloaded(string what)
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        await world.GetFileAsync();
        world.FindFile();
        Assert.Equal(200, (await world.GetFileAsync()).Status);
        var body = what switch
        {
            "url" => $$"""{"url": "{{world.Url}}"}""",
            "sha256" => $$"""{"sha256": "{{AdminWorld.Sha256}}"}""",
            _ => """{"all": true}""",
        };

        Assert.Equal(200, (await world.PostAsync("/rescan", body)).Status);

        Assert.Equal(409, (await world.GetFileAsync()).Status);
        Assert.Single(world.World.Origin.Requests);
    }

    [Fact]
    public async Task MoreThanMaxForgotten_IsAConflict()
    {
        await using var world = await AdminWorld.StartAsync(_folder, "--ClamProxy:Verdicts:MaxForgotten=1");
        Assert.Equal(200, (await world.PostAsync("/purge", """{"url": "http://a/1"}""")).Status);

        Assert.Equal(409, (await world.PostAsync("/purge", """{"prefix": "http://a/"}""")).Status);
        Assert.Equal(409, (await world.PostAsync("/purge", """{"url": "http://a/2"}""")).Status);
    }
}
