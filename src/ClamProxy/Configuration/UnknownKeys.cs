namespace ClamProxy.Configuration;

/// <summary>Finds keys that nobody reads: a misspelt setting must not silently keep its default.</summary>
internal static class UnknownKeys
{
    public static IEnumerable<string> Find(IConfigurationSection section, SettingNode known, SettingSource source) =>
        Find(section, known, known, source);

    private static IEnumerable<string> Find(IConfigurationSection section, SettingNode known, SettingNode all, SettingSource source)
    {
        foreach (var child in section.GetChildren())
        {
            if (known.TryGet(child.Key, out var node))
            {
                if (!node.TakesValue && !string.IsNullOrWhiteSpace(child.Value))
                {
                    yield return $"{SettingText.OneLine(source.NameOf(child.Path))}: takes keys below it, not a value of its own";
                }

                foreach (var deeper in Find(child, node, all, source))
                {
                    yield return deeper;
                }
            }
            else if (IsGiven(child))
            {
                yield return $"{SettingText.OneLine(source.NameOf(child.Path))}: no such setting{Hint(child, known, all)}";
            }
        }
    }

    private static bool IsGiven(IConfigurationSection section) =>
        !string.IsNullOrWhiteSpace(section.Value) || section.GetChildren().Any(IsGiven);

    // The value is not shown: a misspelt password would be one.
    private static string Hint(IConfigurationSection child, SettingNode known, SettingNode all)
    {
        var near = Nearest(child.Key, known.Children.Keys, Math.Max(2, child.Key.Length / 4));
        var elsewhere = near is null ? Elsewhere(child.Key, all, SettingsReader.Root) : null;
        return (near ?? elsewhere) is { } hint ? $"; did you mean {hint}?" : "";
    }

    private static string? Nearest(string key, IEnumerable<string> names, int most) =>
        names.Where(name => EditDistance.Between(key, name) <= most).MinBy(name => EditDistance.Between(key, name));

    // The right name in the wrong section, or written as its variable is: CACHE_TTL for CacheTtl.
    private static string? Elsewhere(string key, SettingNode node, string path)
    {
        var plain = key.Replace("_", "", StringComparison.Ordinal);
        foreach (var (name, child) in node.Children)
        {
            var here = EditDistance.Between(plain, name) <= 1 ? $"{path}:{name}" : Elsewhere(key, child, $"{path}:{name}");
            if (here is not null)
            {
                return here;
            }
        }

        return null;
    }
}
