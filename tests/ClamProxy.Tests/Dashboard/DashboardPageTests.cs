using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ClamProxy.TestKit;
using ClamProxy.Tests.Tracking;
using static ClamProxy.Tests.Dashboard.Dashboards;

namespace ClamProxy.Tests.Dashboard;

/// <summary>The dashboard's pages, as an operator reads them.</summary>
public sealed partial class DashboardPageTests : IDisposable
{
    private const int Recalled = 7450;

    private static readonly byte[] Content = RandomBody.Of(100_000);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FirstPage_HasEveryRegion()
    {
        await using var world = await ProxyWorld.StartAsync();

        var page = await PageAsync(world, "/dashboard");

        foreach (var region in new[] { "state", "flights", "scans", "jobs", "latest", "scanners", "room", "charts" })
        {
            Assert.Contains($"data-region=\"{region}\"", page, StringComparison.Ordinal);
        }

        Assert.Contains(world.Clamd.Endpoint, page, StringComparison.Ordinal);
        Assert.Contains("Ready: files are scanned", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadUnderWay_HasABarUntilItsVerdict()
    {
        await using var world = await ProxyWorld.StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Origin.On("/file", async context =>
        {
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(Content.AsMemory(0, Content.Length / 2));
            await context.Response.Body.FlushAsync();
            await go.Task;
            await context.Response.Body.WriteAsync(Content.AsMemory(Content.Length / 2));
        });

        var asked = world.GetAsync("/file?token=s3cret", cacheScan: true);
        var page = await PageWithAsync(world, "/dashboard", $"<progress max=\"{Content.Length}\" value=\"{Content.Length / 2}\"");
        go.SetResult();
        await asked;

        Assert.Contains($"{world.Origin.Url}/file</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("<span>proxy</span>", page, StringComparison.Ordinal);
        var row = $"data-column=\"URL\"><bdi class=\"foreign\">{world.Origin.Url}/file<";
        var after = await PageWithAsync(world, "/dashboard", row);
        Assert.Contains("No download is under way.", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScanUnderWay_IsShown()
    {
        await using var world = await ProxyWorld.StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Clamd.OnContent = async (connection, _) =>
        {
            await go.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        world.Origin.On("/file", Content);

        var asked = world.GetAsync("/file", cacheScan: true);
        var page = await PageWithAsync(world, "/dashboard", "<td role=\"cell\" data-column=\"Scans now\">1</td>");
        go.SetResult();
        await asked;

        Assert.DoesNotContain("No scan is under way.", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bad.bin")]
    [InlineData("Eicar-Test")]
    [InlineData("id-of-the-client")]
    [InlineData("127.0.0.1")]
    public async Task RefusedFile_IsFoundInOneStep(string text)
    {
        await using var world = await StartAsync();
        world.Origin.On("/a/bad.bin", Eicar.Bytes).On("/good", Content);
        await world.GetAsync("/good", cacheScan: true);
        await world.GetAsync("/a/bad.bin?k=v", cacheScan: true, ("X-Request-ID", "id-of-the-client"));

        var page = await PageWithAsync(world, $"/dashboard/verdicts?q={Uri.EscapeDataString(text)}", "Eicar-Test-Signature");

        Assert.Contains($"{world.Origin.Url}/a/bad.bin</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("infected", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/dashboard/requests/id-of-the-client\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_LeavesOutWhatDoesNotFit()
    {
        await using var world = await StartAsync();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Content));
        world.Origin.On("/bad", Eicar.Bytes).On("/good", Content);
        await world.GetAsync("/good", cacheScan: true);
        await world.GetAsync("/bad", cacheScan: true);
        await PageWithAsync(world, "/dashboard/verdicts", Count(2));

        Assert.Equal(2, Rows(await PageAsync(world, "/dashboard/verdicts")));
        Assert.Equal(1, Rows(await PageAsync(world, "/dashboard/verdicts?verdict=clean")));
        Assert.Equal(1, Rows(await PageAsync(world, $"/dashboard/verdicts?q={hash[..10].ToUpperInvariant()}")));
        Assert.Equal(2, Rows(await PageAsync(world, "/dashboard/verdicts?door=proxy")));
        Assert.Equal(0, Rows(await PageAsync(world, "/dashboard/verdicts?door=icap")));
        var none = await PageAsync(world, "/dashboard/verdicts?q=nothing");
        Assert.Contains("No decision is kept that fits.", none, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyDecisions_HavePages()
    {
        await using var world = await ProxyWorld.StartAsync();
        for (var i = 0; i < 60; i++)
        {
            await world.GetAsync($"/{i}.x", headers: ("X-Request-ID", $"r{i}"));
        }

        var first = await PageWithAsync(world, "/dashboard/verdicts?q=.x", Count(60));
        var second = await PageAsync(world, "/dashboard/verdicts?q=.x&page=2");

        Assert.Equal((50, 10), (Rows(first), Rows(second)));
        const string link = "rel=\"next\" href=\"/dashboard/verdicts?q=.x&amp;door=&amp;verdict=&amp;page=2\"";
        Assert.Contains(link, first, StringComparison.Ordinal);
        Assert.Contains("rel=\"prev\"", second, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestPage_TellsAllThatIsKnown()
    {
        await using var world = await StartAsync();
        world.Origin.On("/bad", Eicar.Bytes);
        await world.GetAsync("/bad", cacheScan: true, ("X-Request-ID", "one"));

        await PageWithAsync(world, "/dashboard/verdicts?q=one", "/bad</bdi>");
        var page = await PageAsync(world, "/dashboard/requests/one");

        foreach (var text in new[] { "Eicar-Test-Signature", "infected", "409", "127.0.0.1", "GET", $"{world.Origin.Url}/bad" })
        {
            Assert.Contains(text, page, StringComparison.Ordinal);
        }

        Assert.Equal(404, (await AskAsync(world, "/dashboard/requests/another")).Status);
    }

    [Fact]
    public async Task ContentPage_NamesWhoTookIt()
    {
        await using var world = await StartAsync($"--RECORD_PATH={_folder.File("record")}", "--LOG_LEVEL=Information");
        using var log = EntryList.Of(world);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Content));
        world.Origin.On("/file", Content);
        await world.GetAsync("/file", cacheScan: true);

        var page = await PageWithAsync(world, $"/dashboard/contents/{hash}", "<td role=\"cell\" data-column=\"Client\">");

        Assert.Contains(log.All, entry => entry.Id == Recalled && entry.Message.Contains(hash, StringComparison.Ordinal));
        Assert.Contains("Clients that took it: 1. Rows in the record: 1.", page, StringComparison.Ordinal);
        Assert.Contains("clean", page, StringComparison.Ordinal);
        Assert.Equal(404, (await AskAsync(world, "/dashboard/contents/abc")).Status);
    }

    [Fact]
    public async Task Detections_AreRefusalsAlone()
    {
        await using var world = await StartAsync();
        world.Origin.On("/bad", Eicar.Bytes).On("/good", Content);
        await world.GetAsync("/good", cacheScan: true);
        await world.GetAsync("/bad", cacheScan: true);

        var page = await PageWithAsync(world, "/dashboard/detections", "/bad</bdi>");

        Assert.Equal(1, Rows(page));
    }

    [Fact]
    public async Task Waivers_AreListedWithTheirOwner()
    {
        var file = _folder.File("exceptions.json");
        await File.WriteAllTextAsync(
            file,
            """[{"signature": "Evil-<1>", "owner": "Ann", "reason": "a false alarm", "expires": "2100-01-01T00:00:00Z"}]""",
            TestContext.Current.CancellationToken);
        await using var world = await ProxyWorld.StartAsync($"--EXCEPTIONS_FILE={file}");

        var page = await PageAsync(world, "/dashboard/waivers");

        Assert.Contains("Evil-&lt;1&gt;", page, StringComparison.Ordinal);
        Assert.Contains("Ann", page, StringComparison.Ordinal);
        Assert.Contains("in force", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TextsOfClients_AreNeverMarkup()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Clamd.ScanReply = "stream: <b>Evil</b> FOUND\0";
        world.Origin.Otherwise = context => FakeOrigin.SendAsync(context, Content);
        await world.GetAsync("/%3Cscript%3Ealert(1)%3C/script%3E'\"", cacheScan: true);

        var page = await PageWithAsync(world, "/dashboard", "&lt;b&gt;Evil&lt;/b&gt;");
        var search = await PageAsync(world, "/dashboard/verdicts?q=%22%3E%3Cscript%3E&door=%3Ci%3E");

        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.Single(Script().Matches(page));
        Assert.Empty(Script().Matches(search));
        Assert.Contains("value=\"&quot;&gt;&lt;script&gt;\"", search, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_AreOnNoPage()
    {
        const string secret = "s3cret-of-a-client";
        await using var world = await ProxyWorld.StartAsync(
            $"--PROXY_CREDENTIALS=ci:sha256:{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(secret)))}");
        world.Origin.On("/file", Content);
        await world.GetAsync($"/file?token={secret}", cacheScan: true, ("Proxy-Authorization", $"Bearer {secret}"), ("Cookie", secret));
        await world.GetAsync("/file", cacheScan: true, ("Proxy-Authorization", $"Bearer {secret}-wrong"), ("X-Request-ID", "wrong"));

        await PageWithAsync(world, "/dashboard/verdicts?q=wrong", "401");
        foreach (var path in new[] { "", "/verdicts", "/verdicts?q=ci", "/requests/wrong", "/detections", "/waivers", "/scanners" })
        {
            Assert.DoesNotContain(secret, await PageAsync(world, $"/dashboard{path}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SwitchedOff_IsNotThere()
    {
        await using var world = await ProxyWorld.StartAsync("--DASHBOARD=false");
        world.Origin.On("/file", Content);

        Assert.Equal(200, (await world.GetAsync("/file")).Status);

        Assert.Equal(404, (await AskAsync(world, "/dashboard")).Status);
        Assert.Equal(404, (await AskAsync(world, "/")).Status);
    }

    [Fact]
    public async Task ProxysPort_HasNoDashboard()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/dashboard", "of upstream"u8.ToArray());

        Assert.Equal("of upstream"u8.ToArray(), (await world.GetAsync("/dashboard")).Body);
    }

    private Task<ProxyWorld> StartAsync(params string[] settings) =>
        ProxyWorld.StartAsync([$"--STORE_PATH={_folder.File("store")}", .. settings]);

    [GeneratedRegex("<script", RegexOptions.IgnoreCase)]
    private static partial Regex Script();
}
