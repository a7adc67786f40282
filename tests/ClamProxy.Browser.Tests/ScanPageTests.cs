using System.Security.Cryptography;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace ClamProxy.Browser.Tests;

/// <summary>The page at <c>/</c> of the scan API, as a person uses it.</summary>
public sealed class ScanPageTests(Chromium browser) : IClassFixture<Chromium>
{
    private static readonly byte[] Content = RandomBody.Of(300_000);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task CleanFile_WaitsThenIsCleanAndCanBeDownloaded()
    {
        await using var world = await PageWorld.StartAsync(browser);
        var go = world.HoldVerdicts();
        await world.OpenAsync();

        await world.ChooseAsync(Content, "report.pdf");
        await Assertions.Expect(world.State).ToHaveTextAsync("Waiting for the verdict");
        Assert.Equal(0, await world.Download.CountAsync());
        go.SetResult();
        await Assertions.Expect(world.State).ToHaveTextAsync("Clean");

        await Assertions.Expect(world.Page.Locator("#news[aria-live=polite]")).ToHaveTextAsync("report.pdf: Clean");
        var download = await world.Page.RunAndWaitForDownloadAsync(() => world.Download.ClickAsync());
        Assert.Equal("report.pdf", download.SuggestedFilename);
        Assert.Equal(Content, await BytesOfAsync(download));
        Assert.Empty(world.Complaints);
        Assert.All(world.Requests, request => Assert.Equal(world.Api.Authority, request.Authority));
    }

    [Fact]
    public async Task InfectedFile_IsNamedWithItsSignatureAndHasNoDownload()
    {
        await using var world = await PageWorld.StartAsync(browser);
        await world.OpenAsync();

        await world.ChooseAsync([.. Eicar.Bytes], "eicar.com");

        await Assertions.Expect(world.State).ToHaveTextAsync("Infected");
        Assert.NotEmpty(await world.Row.Locator(".detail").TextContentAsync() ?? "");
        Assert.Equal(0, await world.Download.CountAsync());
    }

    [Fact]
    public async Task DroppedFiles_AreScannedEach()
    {
        await using var world = await PageWorld.StartAsync(browser);
        await world.OpenAsync();
        var dropped = await world.Page.EvaluateHandleAsync(
            "() => { const data = new DataTransfer(); for (const name of ['a', 'b']) { data.items.add(new File([name], name)); } "
            + "return data; }");

        await world.Page.DispatchEventAsync("#drop", "drop", new { dataTransfer = dropped });

        await Assertions.Expect(world.State).ToHaveTextAsync(["Clean", "Clean"]);
        Assert.Equal(2, await world.CountAsync());
    }

    [Fact]
    public async Task NameThatIsMarkup_IsText()
    {
        const string name = "<img src=x onerror=alert(1)>.txt";
        await using var world = await PageWorld.StartAsync(browser);
        await world.OpenAsync();

        await world.ChooseAsync(Content, name);

        await Assertions.Expect(world.State).ToHaveTextAsync("Clean");
        Assert.Equal(name, await world.Row.Locator(".name").TextContentAsync());
        Assert.Equal(0, await world.Page.Locator("#list img, #news img").CountAsync());
        Assert.Empty(world.Complaints);
    }

    [Fact]
    public async Task Keyboard_ReachesTheFieldFirst()
    {
        await using var world = await PageWorld.StartAsync(browser);
        // Chromium is told to hand over its dialog when the first handler is added, and may hear of the next key before that: the page is
        // loaded in between.
        var opened = new TaskCompletionSource<IFileChooser>(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Page.FileChooser += (_, chooser) => opened.TrySetResult(chooser);
        await world.OpenAsync();

        await world.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("files", await world.Page.EvaluateAsync<string>("document.activeElement.id"));
        await world.Page.Keyboard.PressAsync("Enter");
        var chooser = await opened.Task.WaitAsync(Deadline);
        await chooser.SetFilesAsync(new FilePayload { Name = "a", MimeType = "text/plain", Buffer = Content });

        await Assertions.Expect(world.State).ToHaveTextAsync("Clean");
    }

    [Fact]
    public async Task WithCredentials_TheTokenIsAskedForUsedAndNotKept()
    {
        const string token = "a-token-of-this-test";
        var hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));
        await using var world = await PageWorld.StartAsync(browser, ("API_CREDENTIALS", $"ci:sha256:{hash}"));
        await world.OpenAsync();

        await world.ChooseAsync(Content, "a.bin");
        await Assertions.Expect(world.State).ToHaveTextAsync("Failed");
        Assert.Equal("token", await world.Page.EvaluateAsync<string>("document.activeElement.id"));
        await world.Page.Keyboard.TypeAsync(token);
        await world.ChooseAsync(Content, "b.bin");
        await Assertions.Expect(world.State.First).ToHaveTextAsync("Clean");
        var download = await world.Page.RunAndWaitForDownloadAsync(() => world.Download.ClickAsync());

        Assert.Equal("b.bin", download.SuggestedFilename);
        Assert.Equal(Content, await BytesOfAsync(download));
        var kept = await world.Page.EvaluateAsync<string>("JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])");
        Assert.DoesNotContain(token, kept, StringComparison.Ordinal);
        await world.Page.ReloadAsync();
        Assert.Equal("", await world.Page.Locator("#token").InputValueAsync());
    }

    /// <summary>Other ports of this machine are the same site and other origins.</summary>
    [Theory]
    [InlineData("fetch(API + 'upload', { method: 'POST', mode: 'no-cors', body: form })")]
    [InlineData("navigator.sendBeacon(API + 'upload', form)")]
    public async Task ScriptOfAnotherOrigin_UploadsNothing(string script)
    {
        await using var world = await PageWorld.StartAsync(browser);
        await using var other = await OtherAsync();
        await world.Page.GotoAsync(other.Url);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Page.RequestFailed += (_, request) => ended.TrySetResult();
        world.Page.RequestFinished += (_, request) => _ = request.Method == "POST" && ended.TrySetResult();

        await world.Page.EvaluateAsync(
            $"async () => {{ const API = '{world.Api}'; const form = new FormData(); form.append('file', new File(['x'], 'x')); "
            + $"try {{ await {script}; }} catch {{ }} }}");
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(0, await world.CountAsync());
    }

    [Fact]
    public async Task FormOfAnotherOrigin_IsRefused()
    {
        await using var world = await PageWorld.StartAsync(browser);
        await using var other = await OtherAsync();
        await world.Page.GotoAsync(other.Url);

        var answer = await world.Page.RunAndWaitForResponseAsync(
            () => world.Page.EvaluateAsync(
                $"() => {{ document.body.innerHTML = '<form method=post enctype=multipart/form-data action={world.Api}upload>"
                + "<textarea name=file>x</textarea></form>'; document.forms[0].submit(); }"),
            response => response.Url.EndsWith("/upload", StringComparison.Ordinal));

        Assert.Equal(403, answer.Status);
        Assert.Equal(0, await world.CountAsync());
    }

    private static async Task<FakeOrigin> OtherAsync()
    {
        var other = await FakeOrigin.StartAsync();
        return other.On("/", context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<!doctype html><title>other</title><body></body>", context.RequestAborted);
        });
    }

    private static async Task<byte[]> BytesOfAsync(IDownload download)
    {
        await using var stream = await download.CreateReadStreamAsync();
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
