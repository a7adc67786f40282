namespace ClamProxy.Warming;

/// <summary>The paths that the presets give to ecosystems.</summary>
internal static class Routes
{
    public const string Pypi = "/pypi";
    public const string PypiFiles = "/pypi-files";
    public const string Npm = "/npm";
    public const string NpmFiles = "/npm-files";
    public const string NuGet = "/nuget";
    public const string NuGetFiles = "/nuget-files";

    /// <summary>
    /// The path from one of the routes on, where the URL leads there already: through this ClamProxy under whatever public name. Null: it
    /// does not.
    /// </summary>
    public static string? Find(string url, params ReadOnlySpan<string> routes)
    {
        foreach (var route in routes)
        {
            var at = url.IndexOf(route + "/", StringComparison.Ordinal);
            if (at >= 0)
            {
                return url[at..];
            }
        }

        return null;
    }
}
