using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Forgetting;

/// <summary>POST /forget and POST /rescan of the management port.</summary>
public sealed class ForgetActionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("url")]
    [InlineData("sha256")]
    [InlineData("all")]
    public async Task Forgotten_IsDownloadedAgainOnce(string what)
    {
        await using var world = await ForgettingWorld.StartAsync(_folder);

        Assert.Equal(200, (await world.PostAsync("/forget", Body(world, what))).Status);

        Assert.Equal(200, (await world.GetAsync()).Status);
        Assert.Equal(200, (await world.GetAsync()).Status);
        Assert.Equal(2, world.World.Origin.Requests.Count);
        Assert.Equal(what == "url" ? 1 : 2, world.World.Clamd.Contents.Count);
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("all")]
    public async Task InfectedVerdict_IsForgottenToo(string what)
    {
        await using var world = await ForgettingWorld.StartAsync(_folder);
        world.FindFile();
        await world.PostAsync("/forget", """{"all": true}""");
        Assert.Equal(409, (await world.GetAsync()).Status);
        world.World.Clamd.OnContent = null;
        Assert.Equal(409, (await world.GetAsync()).Status);

        await world.PostAsync("/forget", Body(world, what));

        Assert.Equal(200, (await world.GetAsync()).Status);
    }

    [Fact]
    public async Task Rescan_StoredFileIsScannedAgainAndNotDownloaded()
    {
        await using var world = await ForgettingWorld.StartAsync(_folder);
        world.FindFile();
        Assert.Equal(200, (await world.GetAsync()).Status);

        Assert.Equal(200, (await world.PostAsync("/rescan", "{}")).Status);

        Assert.Equal(409, (await world.GetAsync()).Status);
        Assert.Single(world.World.Origin.Requests);
    }

    /// <summary>A page whose own name leads to this machine may send JSON without being asked first.</summary>
    [Fact]
    public async Task AskedByAPage_IsRefused()
    {
        await using var world = await ForgettingWorld.StartAsync(_folder);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/rescan", UriKind.Relative))
        {
            Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Host = "evil.example";
        request.Headers.Add("Origin", "http://evil.example");

        using var answer = await world.World.Management.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Rescan_OutlivesTheProcessAndReachesOthersThatShareTheFolder()
    {
        await using var world = await ForgettingWorld.StartAsync(_folder);
        await world.PostAsync("/rescan", "{}");

        await using var later = await ProxyWorld.StartAsync($"--STORE_PATH={_folder.File("store")}");

        Assert.Equal(Cutoff(world.World), Cutoff(later));
        Assert.NotEqual(DateTimeOffset.MinValue, Cutoff(later));
    }

    [Theory]
    [InlineData("/forget", "{}", 400)]
    [InlineData("/forget", """{"all": false}""", 400)]
    [InlineData("/forget", """{"url": "ftp://a/b"}""", 400)]
    [InlineData("/forget", """{"sha256": "AB"}""", 400)]
    [InlineData("/forget", """{"url": "http://a/b", "all": true}""", 400)]
    [InlineData("/forget", "[]", 400)]
    [InlineData("/forget", "{", 400)]
    [InlineData("/rescan", """{"all": true}""", 400)]
    [InlineData("/rescan", "{}", 415, "text/plain")]
    public async Task WrongRequest_ChangesNothing(string path, string json, int status, string type = "application/json")
    {
        await using var world = await ForgettingWorld.StartAsync(_folder);

        Assert.Equal(status, (await world.PostAsync(path, json, type)).Status);

        await world.GetAsync();
        Assert.Single(world.World.Origin.Requests);
        Assert.Single(world.World.Clamd.Contents);
    }

    [Fact]
    public async Task TooMany_AreRefusedAndAllIsOffered()
    {
        await using var world = await ForgettingWorld.StartAsync(_folder, "--ClamProxy:Verdicts:MaxForgotten=1");
        Assert.Equal(200, (await world.PostAsync("/forget", """{"url": "http://a/1"}""")).Status);

        var second = await world.PostAsync("/forget", """{"url": "http://a/2"}""");

        Assert.Equal(409, second.Status);
        Assert.Contains("--all", System.Text.Encoding.UTF8.GetString(second.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutCredentials_IsRefused()
    {
        await using var world = await ForgettingWorld.StartAsync(
            _folder, $"--MANAGEMENT_CREDENTIALS=ops:sha256:{Convert.ToHexStringLower(SHA256.HashData("secret"u8))}");

        Assert.Equal(401, (await world.PostAsync("/rescan", "{}")).Status);
        using var get = await world.World.Management.GetAsync(new Uri("/rescan", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(("POST", 405), (get.Content.Headers.Allow.Single(), (int)get.StatusCode));
    }

    private static DateTimeOffset Cutoff(ProxyWorld world) =>
        ((ClamProxy.Core.Verdicts.VerdictCutoffs)world.Services.GetService(typeof(ClamProxy.Core.Verdicts.VerdictCutoffs))!).Rescan;

    private static string Body(ForgettingWorld world, string what) => what switch
    {
        "url" => $$"""{"url": "{{world.World.Origin.Url}}{{ForgettingWorld.File}}"}""",
        "sha256" => $$"""{"sha256": "{{Convert.ToHexStringLower(SHA256.HashData(ForgettingWorld.Content))}}"}""",
        _ => """{"all": true}""",
    };
}
