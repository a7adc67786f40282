using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using ClamProxy.Core.Settings;

namespace ClamProxy.Configuration;

/// <summary>Lists every setting of some options with its value and where that comes from.</summary>
/// <param name="root">What the options were read from.</param>
[UnconditionalSuppressMessage("Trimming", "IL2067", Justification = SettingShape.KeptWhole)]
internal sealed class EffectiveSettings(IConfigurationRoot root)
{
    private readonly SettingSource _source = new(root);

    /// <summary>The settings of one folder's options.</summary>
    /// <param name="type">The options.</param>
    /// <param name="path">The section that they are read from.</param>
    public IEnumerable<EffectiveSetting> Of(Type type, string path)
    {
        var defaults = Activator.CreateInstance(type)!;
        return SettingShape.Properties(type).SelectMany(
            property => Of(property, SettingShape.Setting(property), $"{path}:{property.Name}", defaults));
    }

    private IEnumerable<EffectiveSetting> Of(PropertyInfo property, SettingAttribute setting, string key, object defaults)
    {
        var shape = SettingShape.Of(property.PropertyType);
        if (shape.Kind is SettingKind.Map or SettingKind.Objects)
        {
            return root.GetSection(key).GetChildren().SelectMany(child => Of(shape.Element, child.Path));
        }

        GivenSetting[] given = shape.Kind == SettingKind.Values
            ? [.. _source.FindList(key, setting) ?? []]
            : [.. new[] { _source.Find(key, setting) ?? Earlier(property, key) }.OfType<GivenSetting>()];
        return
        [
            given.Length == 0
                ? EffectiveSetting.OfDefault(property, setting, key, defaults)
                : new(key, setting.Variable, string.Join(',', given.Select(one => one.Value)), given[0].Origin, setting.Secret),
        ];
    }

    private GivenSetting? Earlier(PropertyInfo property, string key) =>
        SettingShape.EarlierName(property) is { } earlier ? _source.FindKey($"{key[..key.LastIndexOf(':')]}:{earlier}") : null;
}
