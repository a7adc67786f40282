using System.Text.Json;
using Microsoft.Playwright;

namespace ClamProxy.Browser.Tests;

/// <summary>axe-core, as scripts/browser.sh installs it, run in the page that a browser shows.</summary>
internal static class AxeCheck
{
    // As scripts/browser.sh has it.
    private static readonly string s_script = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "clamproxy-tests/browser/node_modules/axe-core/axe.min.js");

    /// <returns>The findings that keep somebody from using the page (serious and critical), one line each.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(IPage page)
    {
        var script = await File.ReadAllTextAsync(s_script);
        // Not by a script element, which the page's policy would refuse, and rightly.
        await page.EvaluateAsync($"() => {{ {script}\n }}");
        var found = await page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
        return
        [
            .. found.GetProperty("violations").EnumerateArray()
                .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
                .Select(violation => $"{violation.GetProperty("id")}: {violation.GetProperty("help")}: {PlacesOf(violation)}"),
        ];
    }

    private static string PlacesOf(JsonElement violation) =>
        string.Join(" | ", violation.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("html").ToString()));
}
