using System.Text;
using System.Text.Json;
using ClamProxy.Core.Requests;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>A browser that navigates to a large file sees a page with a progress bar, and then gets the file like everybody else.</summary>
public sealed class ProgressPageTests
{
    private const string MediaType = "application/vnd.clamproxy.progress+json";
    private const string BrowserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private const string BrowserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    // What differs between two answers to the same request.
    private static readonly string[] s_varying = ["Date", RequestId.Field, "Server-Timing", "Cache-Status", "Age"];

    private static readonly byte[] s_content = RandomBody.Of(60_000);

    [Fact]
    public async Task SlowFile_ShowsThePageAndThenIsThereAsByAPlainRequest()
    {
        await using var world = await StartAsync();
        var go = Hold(world);

        var page = await NavigateAsync(world, "/file?a=1");
        var watching = WatchAsync(world, "/file?a=1");
        go.SetResult();
        var last = (await watching)[^1];
        var file = await NavigateAsync(world, "/file?a=1");

        Assert.Equal((200, "text/html; charset=utf-8", "no-store"), (page.Status, page["Content-Type"], page["Cache-Control"]));
        var text = Encoding.UTF8.GetString(page.Body);
        Assert.Contains("max=\"60000\" value=\"60000\"", text, StringComparison.Ordinal);
        Assert.Contains("<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>", text, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'; style-src 'nonce-", page["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Equal("ready", last.GetProperty("state").GetString());
        Assert.Equal(200, file.Status);
        Assert.Equal(s_content, file.Body);
        Assert.Single(world.Origin.Requests);
        Assert.Single(world.Clamd.Contents);
        Assert.Equal(BrowserAccept, world.Origin.Requests.Single().Headers["Accept"]);
        var plain = await world.GetAsync("/file?a=1", false, ("Accept", BrowserAccept), ("User-Agent", BrowserAgent));
        Assert.Equal(Fields(plain), Fields(file));
        Assert.Equal(plain.Body, file.Body);
    }

    [Fact]
    public async Task Watch_TellsHowFarTheDownloadIs()
    {
        await using var world = await StartAsync();
        var (half, rest) = (Signal(), Signal());
        world.Origin.On("/file", async context =>
        {
            context.Response.ContentLength = s_content.Length;
            await context.Response.Body.WriteAsync(s_content.AsMemory(0, 30_000));
            await context.Response.Body.FlushAsync();
            half.SetResult();
            await rest.Task;
            await context.Response.Body.WriteAsync(s_content.AsMemory(30_000));
        });
        var page = await NavigateAsync(world);
        await half.Task;
        Assert.Equal("text/html; charset=utf-8", page["Content-Type"]);

        var lines = await WatchAsync(world, "/file", line =>
        {
            if (line.TryGetProperty("received", out var received) && received.GetInt64() == 30_000)
            {
                rest.TrySetResult();
            }
        });

        Assert.Contains(lines, line => line.TryGetProperty("total", out var total) && total.GetInt64() == 60_000);
        Assert.Equal("ready", lines[^1].GetProperty("state").GetString());
    }

    [Fact]
    public async Task InfectedFile_IsRefusedOnThePageAndByTheNextRequest()
    {
        await using var world = await StartAsync();
        var go = Hold(world, "stream: Evil-1 FOUND\0");

        await NavigateAsync(world);
        var watching = WatchAsync(world);
        go.SetResult();
        var last = (await watching)[^1];
        var refused = await NavigateAsync(world);

        Assert.Equal("refused", last.GetProperty("state").GetString());
        Assert.Contains("Evil-1", last.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(last.GetProperty("requestId").GetString()!);
        Assert.Equal((409, "text/html; charset=utf-8"), (refused.Status, refused["Content-Type"]));
        var text = Encoding.UTF8.GetString(refused.Body);
        Assert.Contains("Evil-1", text, StringComparison.Ordinal);
        Assert.Contains(refused[RequestId.Field]!, text, StringComparison.Ordinal);
        Assert.Single(world.Origin.Requests);
        Assert.Single(world.Clamd.Contents);
    }

    [Fact]
    public async Task UpstreamFails_ThePageSaysSo()
    {
        await using var world = await StartAsync("--ClamProxy:Gate:DownloadAttempts=1");
        var cut = Signal();
        world.Origin.On("/file", async context =>
        {
            context.Response.ContentLength = s_content.Length;
            await context.Response.Body.WriteAsync(s_content.AsMemory(0, 1000));
            await context.Response.Body.FlushAsync();
            await cut.Task;
            context.Abort();
        });
        await NavigateAsync(world);

        var last = (await WatchAsync(world, "/file", _ => cut.TrySetResult()))[^1];

        Assert.Equal("failed", last.GetProperty("state").GetString());
        Assert.NotEmpty(last.GetProperty("detail").GetString()!);
    }

    [Theory]
    [InlineData("pip/22.0 {}", "text/html")]
    [InlineData("pip/24.0 {}", "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01")]
    [InlineData("npm/11.0.0 node/v24", "*/*")]
    [InlineData("Debian APT-HTTP/1.3 (2.6.1)", "text/*")]
    [InlineData("curl/8.5.0", "*/*")]
    [InlineData("Wget/1.21.3", "*/*")]
    [InlineData("curl/8.5.0", BrowserAccept)]
    [InlineData(BrowserAgent, "*/*")]
    [InlineData(BrowserAgent, BrowserAccept, "Range", "bytes=0-59999")]
    [InlineData(BrowserAgent, BrowserAccept, "Sec-Fetch-Mode", "cors")]
    [InlineData(BrowserAgent, BrowserAccept, "Sec-Fetch-Dest", "iframe")]
    public async Task AnythingButANavigatingBrowser_GetsTheFile(string agent, string accept, string? name = null, string? value = null)
    {
        await using var world = await StartAsync("--ClamProxy:ProgressPageAfter=0");
        var (begun, go) = (Signal(), Signal());
        world.Clamd.OnContent = async (connection, _) =>
        {
            begun.TrySetResult();
            await go.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        (string, string)[] more = name is null ? [] : [(name, value!)];

        var asking = world.GetAsync("/file", false, [("Accept", accept), ("User-Agent", agent), .. more]);
        await begun.Task;
        go.SetResult();

        Assert.Equal(s_content, (await asking).Body);
    }

    [Fact]
    public async Task OffByDefault_TheBrowserGetsTheFileAndTheMediaTypeIsUpstreams()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:ProgressPageAfter=0");
        world.Origin.On("/file", s_content);

        Assert.Equal(s_content, (await NavigateAsync(world)).Body);
        Assert.Equal(s_content, (await world.GetAsync("/file", false, ("Accept", MediaType))).Body);
        Assert.Equal(MediaType, world.Origin.Requests.Last().Headers["Accept"]);
    }

    [Fact]
    public async Task RouteThatSaysSo_ShowsThePageAlone()
    {
        await using var world = await ProxyWorld.StartAsync(origin =>
        [
            "--ClamProxy:ProgressPageAfter=0", "--ClamProxy:Routes:r:Path=/r", $"--ClamProxy:Routes:r:Upstream={origin.Url}/",
            "--ClamProxy:Routes:r:ProgressPage=true",
        ]);
        var go = Hold(world);
        world.Origin.On("/file", s_content);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/r/file", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", BrowserAccept);
        request.Headers.TryAddWithoutValidation("User-Agent", BrowserAgent);

        Assert.Equal("text/html; charset=utf-8", (await world.SendAsync(request))["Content-Type"]);
        go.SetResult();
    }

    [Theory]
    [InlineData("fr-FR,fr;q=0.9,en;q=0.8", "fr", "Vérification du fichier")]
    [InlineData("ja", "ja", "ファイルを確認しています")]
    [InlineData("de,ja;q=0.2,fr;q=0.5", "fr", "Vérification du fichier")]
    [InlineData("de", "en", "Checking the file")]
    public async Task Page_SpeaksTheBrowsersLanguage(string accepted, string language, string title)
    {
        await using var world = await StartAsync();
        var go = Hold(world);

        var page = System.Net.WebUtility.HtmlDecode(
            Encoding.UTF8.GetString((await NavigateAsync(world, "/file", ("Accept-Language", accepted))).Body));

        Assert.Contains($"<html lang=\"{language}\">", page, StringComparison.Ordinal);
        Assert.Contains($"<title>{title}: file</title>", page, StringComparison.Ordinal);
        go.SetResult();
    }

    [Fact]
    public async Task NameThatIsMarkup_IsText()
    {
        await using var world = await StartAsync();
        var go = Hold(world);
        world.Origin.Otherwise = context => FakeOrigin.SendAsync(context, s_content);

        var page = Encoding.UTF8.GetString((await NavigateAsync(world, "/x%22%3Cimg%20src=x%3E")).Body);

        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("&lt;img", page, StringComparison.Ordinal);
        go.SetResult();
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task<ProxyWorld> StartAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(["--PROGRESS_PAGE=true", "--ClamProxy:ProgressPageAfter=50ms", .. settings]);
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.ETag = "\"tag\"";
            context.Response.Headers.ContentDisposition = "attachment; filename=\"file.bin\"";
            return FakeOrigin.SendAsync(context, s_content);
        });
        return world;
    }

    /// <summary>Verdicts wait until the result is set.</summary>
    private static TaskCompletionSource Hold(ProxyWorld world, string reply = "stream: OK\0")
    {
        var go = Signal();
        world.Clamd.OnContent = async (connection, _) =>
        {
            await go.Task;
            await connection.ReplyAsync(reply);
        };
        return go;
    }

    private static Task<Reply> NavigateAsync(ProxyWorld world, string path = "/file", params (string Name, string Value)[] more) =>
        world.GetAsync(
            path, false, [("Accept", BrowserAccept), ("User-Agent", BrowserAgent), ("Sec-Fetch-Mode", "navigate"), .. more]);

    /// <summary>What the page's script reads, to its end.</summary>
    private static async Task<IReadOnlyList<JsonElement>> WatchAsync(
        ProxyWorld world, string path = "/file", Action<JsonElement>? onLine = null)
    {
        using var request = world.Request(
            path, false, null, ("Accept", $"{MediaType}, {BrowserAccept}"), ("User-Agent", BrowserAgent), ("Sec-Fetch-Mode", "cors"));
        using var answer = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((200, MediaType), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var lines = new List<JsonElement>();
        while (await reader.ReadLineAsync() is { } text)
        {
            lines.Add(JsonSerializer.Deserialize<JsonElement>(text));
            onLine?.Invoke(lines[^1]);
        }

        return lines;
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(Reply reply) =>
        reply.Headers.Where(field => !s_varying.Contains(field.Key, StringComparer.OrdinalIgnoreCase)).OrderBy(field => field.Key);
}
