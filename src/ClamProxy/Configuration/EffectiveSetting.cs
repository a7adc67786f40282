using System.Collections;
using System.Globalization;
using System.Reflection;
using ClamProxy.Core.Settings;

namespace ClamProxy.Configuration;

/// <summary>One setting as it counts.</summary>
/// <param name="Key">Its key, such as <c>ClamProxy:Listen:Port</c>.</param>
/// <param name="Variable">Its short variable; null: it has none.</param>
/// <param name="Text">Its value as it was given, or the default as an operator would write it; null: unset. It may be a secret.</param>
/// <param name="Origin">Where it was given, as <see cref="GivenSetting.Origin"/> has it, or <c>default</c>.</param>
/// <param name="IsSecret">Whether it is never shown.</param>
internal sealed record EffectiveSetting(string Key, string? Variable, string? Text, string Origin, bool IsSecret)
{
    public const string Default = "default";
    public const string Mask = "***";

    /// <summary>The value without secrets; null: unset.</summary>
    public string? Shown => string.IsNullOrEmpty(Text) ? null
        : IsSecret ? Mask
        // A password may hold a comma too: whatever stands before the last @ goes.
        : Text.Contains('@', StringComparison.Ordinal) ? SettingText.WithoutSecrets(Text)
        : string.Join(',', Text.Split(',').Select(SettingText.WithoutSecrets));

    /// <summary>A setting that was not given.</summary>
    public static EffectiveSetting OfDefault(PropertyInfo property, SettingAttribute setting, string key, object options) =>
        new(key, setting.Variable, Written(property.GetValue(options), setting), Default, setting.Secret);

    // No secret gets into a log by way of this.
    public override string ToString() => $"{Key}={Shown}";

    private static string? Written(object? value, SettingAttribute setting) => value switch
    {
        null or "" => null,
        string text => text,
        TimeSpan time => DurationText.Format(time),
        long or int when setting.Bytes => SizeText.Format(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        bool truth => truth ? "true" : "false",
        IEnumerable list => string.Join(',', list.Cast<object>().Select(one => Written(one, setting))),
        IFormattable plain => plain.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
