using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace ClamProxy.Browser.Tests;

/// <summary>The dashboard in a real browser: without a mouse, on a phone, in the dark, without script, while a file comes.</summary>
public sealed class DashboardTests(Chromium browser, DashboardWorld world) : IClassFixture<Chromium>, IClassFixture<DashboardWorld>
{
    private const int Phone = 360;

    private readonly ConcurrentQueue<string> _complaints = [];

    public static TheoryData<string, string> Pages => new(
        from look in new[] { "light", "dark" }
        from page in new[] { "", "/verdicts", "/requests/refused-one", "/contents/", "/detections", "/waivers", "/scanners" }
        select (look, page));

    /// <summary>In the light on a screen, in the dark on a phone.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_HasNoSeriousFindingAndFits(string look, string path)
    {
        var isDark = look == "dark";
        var page = await OpenAsync(new()
        {
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = isDark ? new() { Width = Phone, Height = 740 } : new() { Width = 1280, Height = 800 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        await page.GotoAsync($"{world.Address}/dashboard{path}{(path == "/contents/" ? world.Sha256 : "")}");
        await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();

        Assert.Empty(await AxeCheck.RunAsync(page));
        Assert.Equal(
            isDark ? Phone : 1280, await page.EvaluateAsync<int>("() => Math.max(document.documentElement.scrollWidth, innerWidth)"));
        await DashboardWorld.KeepAsync(page, $"{(path.Length == 0 ? "now" : path.Trim('/').Split('/')[0])}-{look}");
        await CloseAsync(page);
    }

    [Fact]
    public async Task DownloadUnderWay_MovesItsBarThenIsAmongTheDecisions()
    {
        var (more, end) = world.HoldBack("/slow.whl");
        var page = await OpenAsync();
        await page.GotoAsync($"{world.Address}/dashboard");
        await Assertions.Expect(page.GetByText("Updated live")).ToBeVisibleAsync();

        var asked = world.GetAsync("/slow.whl");
        var bar = page.Locator("[data-region=flights] li", new() { HasText = "/slow.whl" }).Locator("progress");
        await Assertions.Expect(bar).ToHaveAttributeAsync("value", "100000");
        more.SetResult();
        await Assertions.Expect(bar).ToHaveAttributeAsync("value", "300000");
        await DashboardWorld.KeepAsync(page, "download");
        end.SetResult();
        await asked;

        await Assertions.Expect(bar).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("[data-region=latest] tr", new() { HasText = "/slow.whl" })).ToBeVisibleAsync();
        await CloseAsync(page);
    }

    [Fact]
    public async Task Keyboard_ReachesEverythingAndStaysWhereItIs()
    {
        var page = await OpenAsync();
        await page.GotoAsync($"{world.Address}/dashboard");

        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("main")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause updates" })).ToBeFocusedAsync();

        // A region that is brought up to date does not lose the focus.
        var link = page.Locator("[data-region=latest] a[href*='refused-one']").First;
        await link.FocusAsync();
        await world.GetAsync("/good.whl?again", "another-one");
        await Assertions.Expect(page.Locator("[data-region=latest] a[href*='another-one']")).ToBeVisibleAsync();
        await Assertions.Expect(link).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("One request");
        await Assertions.Expect(page.Locator("dl")).ToContainTextAsync("Eicar");
        await CloseAsync(page);
    }

    [Fact]
    public async Task Pause_StopsTheUpdatesUntilTheyAreResumed()
    {
        var page = await OpenAsync();
        await page.GotoAsync($"{world.Address}/dashboard");
        await Assertions.Expect(page.GetByText("Updated live")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause updates" }).PressAsync("Space");
        await Assertions.Expect(page.Locator("[role=status]")).ToHaveTextAsync("Updates paused");
        await world.GetAsync("/good.whl", "while-paused");
        // Another page hears of it: this one would have, too.
        var other = await OpenAsync();
        await other.GotoAsync($"{world.Address}/dashboard");
        await Assertions.Expect(other.Locator("a[href*='while-paused']")).ToBeVisibleAsync();
        await other.Context.CloseAsync();
        await Assertions.Expect(page.Locator("a[href*='while-paused']")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume updates" }).PressAsync("Space");

        await Assertions.Expect(page.Locator("a[href*='while-paused']")).ToBeVisibleAsync();
        await CloseAsync(page);
    }

    [Fact]
    public async Task WithoutScript_ARefusedFileIsFoundInOneStep()
    {
        var page = await OpenAsync(new() { JavaScriptEnabled = false, Locale = "fr-FR" });
        await page.GotoAsync($"{world.Address}/dashboard/verdicts");

        await page.GetByLabel("Rechercher").FillAsync("bad.whl");
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("tbody")).ToContainTextAsync("infecté");
        await Assertions.Expect(page.Locator("tbody")).ToContainTextAsync("Eicar");
        await CloseAsync(page);
    }

    [Fact]
    public async Task BrowserInJapanese_GetsJapanese()
    {
        var page = await OpenAsync(new() { Locale = "ja-JP" });
        await page.GotoAsync($"{world.Address}/dashboard");

        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("現在の状況");
        await Assertions.Expect(page.Locator("[role=status]")).ToHaveTextAsync("自動更新中");
        await DashboardWorld.KeepAsync(page, "now-ja");
        await CloseAsync(page);
    }

    /// <summary>The stream has no fields that a script could set: the browser itself sends the credentials that it was given.</summary>
    [Fact]
    public async Task WithCredentials_TheBrowserAsksAndTheStreamIsLetIn()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("a password"u8));
        await using var process = await ProxyProcess.StartAsync(
            new Dictionary<string, string> { ["MANAGEMENT_CREDENTIALS"] = $"ann:sha256:{hash}" }, waitUntilReady: false);
        await UntilAliveAsync(process);
        var address = $"http://127.0.0.1:{process.ManagementPort}/dashboard";
        var page = await OpenAsync(new() { HttpCredentials = new() { Username = "ann", Password = "a password" } });

        using var stranger = await process.Management.GetAsync(
            new Uri("/dashboard", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await page.GotoAsync(address);

        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        await Assertions.Expect(page.GetByText("Updated live")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("[data-region=state]")).ToContainTextAsync("Not ready");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task PageOfAnotherOrigin_SeesNothing()
    {
        await using var other = await FakeOrigin.StartAsync();
        other.On("/", context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync(
                $"<!doctype html><title>other</title><iframe src='{world.Address}/dashboard'></iframe>", context.RequestAborted);
        });
        var page = await browser.OpenAsync();
        await page.GotoAsync(other.Url);

        var read = await page.EvaluateAsync<string>(
            $"async () => {{ try {{ const answer = await fetch('{world.Address}/dashboard'); return await answer.text(); }} "
            + "catch { return 'refused'; } }");

        Assert.Equal("refused", read);
        Assert.DoesNotContain(page.Frames, frame => frame.Url.Contains("/dashboard", StringComparison.Ordinal));
        await page.Context.CloseAsync();
    }

    private static async Task UntilAliveAsync(ProxyProcess process)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await process.Management.GetStringAsync(new Uri("/healthz", UriKind.Relative), late.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, late.Token);
            }
        }
    }

    private async Task<IPage> OpenAsync(BrowserNewContextOptions? options = null)
    {
        var page = await browser.OpenAsync(options ?? new());
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        return page;
    }

    private async Task CloseAsync(IPage page)
    {
        await page.Context.CloseAsync();
        Assert.Empty(_complaints);
    }
}
