using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using ClamProxy.Core.Settings;

namespace ClamProxy.Configuration;

/// <summary>Turns one text into the type of its setting.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = SettingShape.KeptWhole)]
internal static class SettingParser
{
    private static readonly string[] Yes = ["true", "yes", "on", "1"];
    private static readonly string[] No = ["false", "no", "off", "0"];

    /// <summary>The value, or null when the text is not one or out of the setting's range.</summary>
    /// <exception cref="NotSupportedException">The property has a type that no text can be read into: our bug.</exception>
    public static object? Parse(Type type, SettingAttribute setting, string text)
    {
        if (type.IsEnum)
        {
            return EnumMember(type, text);
        }

        if (type == typeof(TimeSpan))
        {
            return DurationText.Parse(text) is { } time && IsInside(setting, time.TotalSeconds) ? time : null;
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.String => text,
            TypeCode.Boolean => Truth(text),
            TypeCode.Int32 => Number(setting, text) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null,
            TypeCode.Int64 => Number(setting, text),
            TypeCode.Double => Fraction(setting, text),
            var other => throw new NotSupportedException($"A setting cannot be of type {type} ({other})."),
        };
    }

    private static bool? Truth(string text) =>
        Yes.Contains(text, StringComparer.OrdinalIgnoreCase) ? true : No.Contains(text, StringComparer.OrdinalIgnoreCase) ? false : null;

    private static long? Number(SettingAttribute setting, string text)
    {
        var number = setting.Bytes ? SizeText.Parse(text)
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var plain) ? plain : (long?)null;
        return number is { } found && IsInside(setting, found) ? found : null;
    }

    private static double? Fraction(SettingAttribute setting, string text)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        var isNumber = double.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
        return isNumber && IsInside(setting, number) ? number : null;
    }

    // Not Enum.TryParse: it takes numbers, and lists with commas.
    private static object? EnumMember(Type type, string text)
    {
        var wanted = Plain(text);
        var name = Enum.GetNames(type).FirstOrDefault(name => Is(name) || (EarlierOf(name) is { } earlier && Is(earlier)));
        return name is null ? null : Enum.Parse(type, name);

        bool Is(string name) => Plain(name).Equals(wanted, StringComparison.OrdinalIgnoreCase);

        string? EarlierOf(string name) => type.GetField(name)?.GetCustomAttribute<EarlierNameAttribute>()?.Name;

        static string Plain(string name) => string.Concat(name.Where(one => one is not ('-' or '_' or '/')));
    }

    private static bool IsInside(SettingAttribute setting, double value) => value >= setting.Min && value <= setting.Max;
}
