using System.Collections.Concurrent;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace ClamProxy.Browser.Tests;

/// <summary>The page that a browser is shown while its file is downloaded and scanned.</summary>
public sealed class ProgressPageTests(Chromium browser) : IClassFixture<Chromium>, IAsyncLifetime
{
    private static readonly byte[] s_content = RandomBody.Of(2_000_000);

    private readonly FakeClamd _clamd = FakeClamd.OnTcp();
    private readonly TaskCompletionSource _half = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _complaints = [];
    private FakeOrigin _origin = null!;
    private ProxyProcess _proxy = null!;
    private string _reply = "stream: OK\0";

    public async ValueTask InitializeAsync()
    {
        _origin = await FakeOrigin.StartAsync();
        _origin.On("/big.bin", SendAsync);
        _clamd.OnContent = async (connection, _) =>
        {
            await _verdict.Task;
            await connection.ReplyAsync(_reply);
        };
        _proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = _clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["PROGRESS_PAGE"] = "true",
            ["ClamProxy__ProgressPageAfter"] = "100ms",
            ["ClamProxy__Listen__Address"] = "127.0.0.1",
            ["ClamProxy__Routes__r__Path"] = "/r",
            ["ClamProxy__Routes__r__Upstream"] = $"{_origin.Url}/",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
        await _clamd.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SlowFile_ShowsItsProgressAndThenIsDownloadedByItself(bool hasScript)
    {
        var page = await OpenAsync(hasScript);
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("big.bin");
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("The file is being downloaded");
        await Assertions.Expect(page.Locator("#bar")).ToHaveAttributeAsync("value", "1000000");

        _half.SetResult();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("The file is being scanned for viruses");
        await Assertions.Expect(page.Locator("#bar")).ToHaveAttributeAsync("value", "2000000");
        var download = await page.RunAndWaitForDownloadAsync(() =>
        {
            _verdict.SetResult();
            return Task.CompletedTask;
        });

        Assert.Equal("big.bin", download.SuggestedFilename);
        await using var stream = await download.CreateReadStreamAsync();
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        Assert.Equal(s_content, bytes.ToArray());
        Assert.Single(_origin.Requests);
        Assert.Single(_clamd.Contents);
        if (hasScript)
        {
            await Assertions.Expect(page.Locator("#state")).ToContainTextAsync("The download has started");
        }

        Assert.Empty(_complaints);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InfectedFile_IsNamedWithItsSignatureAndId(bool hasScript)
    {
        _reply = "stream: Evil-1 FOUND\0";
        var page = await OpenAsync(hasScript);

        _half.SetResult();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("The file is being scanned for viruses");
        _verdict.SetResult();

        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("ClamAV found Evil-1 in big.bin");
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("Give this id to your operator:");
        Assert.Single(_origin.Requests);
    }

    private async Task<IPage> OpenAsync(bool hasScript)
    {
        var page = await browser.OpenAsync(new() { AcceptDownloads = true, JavaScriptEnabled = hasScript });
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        await page.GotoAsync($"http://127.0.0.1:{_proxy.Port}/r/big.bin");
        return page;
    }

    private async Task SendAsync(HttpContext context)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = s_content.Length;
        await context.Response.Body.WriteAsync(s_content.AsMemory(0, s_content.Length / 2));
        await context.Response.Body.FlushAsync();
        await _half.Task;
        await context.Response.Body.WriteAsync(s_content.AsMemory(s_content.Length / 2));
    }
}
