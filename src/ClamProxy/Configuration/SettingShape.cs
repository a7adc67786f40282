using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using ClamProxy.Core.Settings;

namespace ClamProxy.Configuration;

/// <summary>What an options property holds: how it is put together, and of what.</summary>
/// <param name="Kind">How.</param>
/// <param name="Element">Of what; the type without its question mark.</param>
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = KeptWhole)]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Elements are classes: all maps of classes share their code.")]
internal sealed record SettingShape(SettingKind Kind, Type Element)
{
    /// <summary>Why a native build, which leaves out what nothing refers to, has all members of options.</summary>
    public const string KeptWhole = "ClamProxy.csproj roots the assemblies that have options.";

    public static SettingShape Of(Type type)
    {
        if (!type.IsGenericType)
        {
            return new(SettingKind.Value, type);
        }

        var definition = type.GetGenericTypeDefinition();
        var last = type.GetGenericArguments()[^1];
        if (definition == typeof(IReadOnlyDictionary<,>))
        {
            return new(SettingKind.Map, last);
        }

        if (definition == typeof(IReadOnlyList<>))
        {
            return new(Properties(last).Any() ? SettingKind.Objects : SettingKind.Values, last);
        }

        return new(SettingKind.Value, Nullable.GetUnderlyingType(type) ?? type);
    }

    /// <summary>The properties that operators set, in the order of their declaration.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.IsDefined(typeof(SettingAttribute)));

    public static SettingAttribute Setting(PropertyInfo property) => property.GetCustomAttribute<SettingAttribute>()!;

    /// <summary>What a setting's key was called before; null: the same.</summary>
    public static string? EarlierName(PropertyInfo property) => property.GetCustomAttribute<EarlierNameAttribute>()?.Name;

    /// <summary>An empty map whose names are the same in any case, as configuration keys are.</summary>
    public static IDictionary NewMap(Type element) =>
        (IDictionary)Activator.CreateInstance(
            typeof(Dictionary<,>).MakeGenericType(typeof(string), element), StringComparer.OrdinalIgnoreCase)!;
}
