using Microsoft.Playwright;

namespace ClamProxy.Browser.Tests;

/// <summary>Debian's chromium, driven by Playwright: one for all tests, a page with a memory of its own for each.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>For what hangs: beside all other tests a page of this kind takes seconds on two cores.</summary>
    private const float Limit = 120_000;

    private IPlaywright? _driver;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Limit);
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
            Timeout = Limit,
        });
    }

    public async Task<IPage> OpenAsync()
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { AcceptDownloads = true });
        context.SetDefaultTimeout(Limit);
        return await context.NewPageAsync();
    }

    /// <summary>The same with a look, a language or credentials of a test's own.</summary>
    public async Task<IPage> OpenAsync(BrowserNewContextOptions options)
    {
        var context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(Limit);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _driver?.Dispose();
    }
}
