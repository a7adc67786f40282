namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>Settings of a route, whose path is its name.</summary>
internal static class Route
{
    /// <param name="more">Further keys of the route and their values.</param>
    public static (string Name, string Value)[] Of(
        string name, string upstream, bool cacheScan = false, params (string Key, string Value)[] more) =>
    [
        Setting(name, "Path", $"/{name}"), Setting(name, "Upstream", upstream), Setting(name, "CacheScan", $"{cacheScan}"),
        .. more.Select(one => Setting(name, one.Key, one.Value)),
    ];

    /// <summary>The links that a route rewrites.</summary>
    public static (string Key, string Value)[] Rewrite(string from, string to) => [("Rewrite__0__From", from), ("Rewrite__0__To", to)];

    private static (string, string) Setting(string name, string key, string value) => ($"ClamProxy__Routes__{name}__{key}", value);
}
