using System.Diagnostics.CodeAnalysis;

namespace ClamProxy.Configuration;

/// <summary>The tree of keys that some options know.</summary>
internal sealed class SettingNode
{
    private SettingNode? _each;

    public Dictionary<string, SettingNode> Children { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a value may stand at the key itself, and not only below it.</summary>
    public bool TakesValue => Children.Count == 0 && (_each is null || _each.Children.Count == 0);

    public SettingNode Section(string name)
    {
        if (name.Length == 0)
        {
            return this;
        }

        return Children.TryGetValue(name, out var known) ? known : Children[name] = new();
    }

    /// <summary>Adds the keys of one options type.</summary>
    public void Add(Type options)
    {
        foreach (var property in SettingShape.Properties(options))
        {
            var shape = SettingShape.Of(property.PropertyType);
            var node = Section(property.Name);
            if (SettingShape.EarlierName(property) is { } earlier)
            {
                Section(earlier);
            }

            if (shape.Kind != SettingKind.Value)
            {
                node._each = new();
                node._each.Add(shape.Element);
            }
        }
    }

    /// <summary>The node below a key: one of its name, or, below a list or a map, the one that stands for all.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out SettingNode? node)
    {
        node = Children.GetValueOrDefault(key) ?? _each;
        return node is not null;
    }
}
