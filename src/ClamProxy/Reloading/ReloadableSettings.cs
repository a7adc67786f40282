using ClamProxy.Configuration;

namespace ClamProxy.Reloading;

/// <summary>Which settings a reload changes, and what it would change.</summary>
internal static class ReloadableSettings
{
    private static readonly string[] Whole =
    [
        "ClamProxy:Presets",
        "ClamProxy:Clamd:Hosts",
        "ClamProxy:Access:ProxyCredentials",
        "ClamProxy:Access:ApiCredentials",
        "ClamProxy:Access:ManagementCredentials",
        "ClamProxy:Logging:Level",
        "ClamProxy:Policies:TooLarge",
        "ClamProxy:Policies:Encrypted",
        "ClamProxy:Policies:EngineLimit",
        "ClamProxy:Policies:ScanError",
        "ClamProxy:Policies:AmbiguousArchive",
        "ClamProxy:Policies:ExceptionsFile",
        "ClamProxy:Policies:BlocksFile",
        "ClamProxy:Policies:SignatureMaxAge",
    ];

    private const string Routes = "ClamProxy:Routes:";

    public static bool Contain(string key) =>
        key.StartsWith(Routes, StringComparison.OrdinalIgnoreCase) || Whole.Contains(key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a change of this key is one of routes.</summary>
    public static bool IsOfRoutes(string key) => key.StartsWith(Routes, StringComparison.OrdinalIgnoreCase);

    /// <summary>The keys whose values are not the same in both. Of a route that is in one of them only, those that were given.</summary>
    public static IReadOnlyList<string> Differences(IEnumerable<EffectiveSetting> one, IEnumerable<EffectiveSetting> other)
    {
        var left = one.ToDictionary(setting => setting.Key, StringComparer.OrdinalIgnoreCase);
        var right = other.ToDictionary(setting => setting.Key, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. left.Keys.Union(right.Keys, StringComparer.OrdinalIgnoreCase)
                .Where(key => Differ(left.GetValueOrDefault(key), right.GetValueOrDefault(key)))
                .Order(StringComparer.OrdinalIgnoreCase),
        ];
    }

    private static bool Differ(EffectiveSetting? one, EffectiveSetting? other) =>
        one is not null && other is not null
            ? one.Text != other.Text
            : (one ?? other)!.Origin != EffectiveSetting.Default;
}
