using System.Security.Cryptography;
using ClamProxy.TestKit;
using ClamProxy.Tests.Events;
using ClamProxy.Tests.Recalling;
using ClamProxy.Tests.Tracking;

namespace ClamProxy.Tests.Doors.Http.Uploads;

/// <summary>What is told of a request with a body.</summary>
public sealed class UploadTrackingTests
{
    private static readonly byte[] Clean = RandomBody.Of(10_000);

    [Fact]
    public async Task Upload_IsALineWithTheVerdictOfItsBody()
    {
        await using var world = await UploadWorld.StartAsync("--LOG_LEVEL=Information");
        using var log = EntryList.Of(world.Proxy);

        await world.PutAsync("/up/file", Clean);

        var line = await log.AccessLineAsync();
        Assert.Equal(("PUT", $"{world.Origin.Url}/file", "201"), (line["method"], line["url"], line["status"]));
        Assert.Equal(("clean", Convert.ToHexStringLower(SHA256.HashData(Clean))), (line["verdict"], line["sha256"]));
    }

    [Fact]
    public async Task RefusedUpload_IsALineWithItsVerdict()
    {
        await using var world = await UploadWorld.StartAsync("--LOG_LEVEL=Information");
        using var log = EntryList.Of(world.Proxy);

        await world.PutAsync("/up/file", Eicar.Bytes);

        var line = await log.AccessLineAsync();
        Assert.Equal(("409", "infected"), (line["status"], line["verdict"]));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Eicar.Bytes)), line["sha256"]);
    }

    [Fact]
    public async Task RefusedUpload_IsToldAsAnEvent()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await UploadWorld.StartAsync(EventWorld.Settings(receiver));

        await world.PutAsync("/up/file", Eicar.Bytes);

        var told = (await receiver.NextAsync()).Data;
        Assert.Equal(
            ("infected", Recalls.Hash(Eicar.Bytes), $"{world.Origin.Url}/file", "proxy"),
            (told.GetProperty("verdict").GetString(), told.GetProperty("sha256").GetString(), told.GetProperty("url").GetString(),
                told.GetProperty("door").GetString()));
    }

    [Fact]
    public async Task Record_HasWhoSentABodyAndWhoTookItsAnswer()
    {
        using var folder = new TempFolder();
        await using var world = await UploadWorld.StartAsync($"--RECORD_PATH={folder.Path}");

        await world.PutAsync("/up/file", Clean);

        Assert.Equal(
            $"127.0.0.1 - proxy clean {world.Origin.Url}/file 1 6", await Recalls.RowAsync(world.Proxy, "stored"u8.ToArray()));
        Assert.Equal($"127.0.0.1 - proxy-request clean {world.Origin.Url}/file 1 10000", await Recalls.RowAsync(world.Proxy, Clean));
    }
}
