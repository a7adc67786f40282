using Microsoft.Playwright;

namespace ClamProxy.Browser.Tests;

/// <summary>The page at <c>/docs</c>: Scalar, from this process alone.</summary>
public sealed class DocsPageTests(Chromium browser) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Docs_ShowTheApiWithoutAnyOtherHost()
    {
        await using var world = await PageWorld.StartAsync(browser);

        await world.OpenAsync("docs");

        await Assertions.Expect(world.Page.GetByText("Upload files to be scanned").First).ToBeVisibleAsync();
        Assert.All(
            world.Requests.Where(request => request.Scheme.StartsWith("http", StringComparison.Ordinal)),
            request => Assert.Equal(world.Api.Authority, request.Authority));
        Assert.DoesNotContain(world.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
    }
}
