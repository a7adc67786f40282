using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ClamProxy.Configuration;
using ClamProxy.Core.Settings;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Configuration;

/// <summary>One row of a table in docs/configuration.</summary>
internal sealed partial record SettingRow(string? Variable, string? Alias, string Key, string Default, string Takes, string Meaning)
{
    /// <summary>The lines of all pages in docs/configuration.</summary>
    public static IReadOnlyList<string> Lines =>
        [.. Directory.EnumerateFiles(Repository.File("docs/configuration"), "*.md").SelectMany(File.ReadLines).Select(line => line.Trim())];

    /// <summary>The row, ready to paste.</summary>
    public string Row => $"{Head} {Meaning} |";

    private string Head => $"| {Names} | `{Key}` | {Default} | {Takes.Replace("|", "\\|", StringComparison.Ordinal)} |";

    private string Names => string.Join(", ", new[] { Variable, Alias }.OfType<string>().Select(name => $"`{name}`"));

    /// <summary>Whether a line of the page is this row; its meaning may be told in other words, but must be told.</summary>
    public bool IsToldBy(string line) => line.StartsWith(Head, StringComparison.Ordinal) && line.Length > Head.Length + 10;

    /// <summary>The options classes that sections are read into: all that no other one nests.</summary>
    public static IEnumerable<Type> Sections(params Assembly[] assemblies)
    {
        Type[] types =
        [
            .. assemblies.SelectMany(assembly => assembly.GetTypes()).Where(
                type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ISettings)))
        ];
        var nested = types.SelectMany(SettingShape.Properties).Select(
            property => SettingShape.Of(property.PropertyType).Element).ToHashSet();
        return types.Where(type => !nested.Contains(type)).OrderBy(Section, StringComparer.Ordinal);
    }

    public static IReadOnlyList<SettingRow> All(params Assembly[] assemblies) =>
        [
            .. Sections(assemblies).SelectMany(
                type => Rows(type, Section(type) is { Length: > 0 } section ? $"{SettingsReader.Root}:{section}" : SettingsReader.Root))];

    private static IEnumerable<SettingRow> Rows(Type type, string path)
    {
        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in SettingShape.Properties(type))
        {
            var (kind, element) = SettingShape.Of(property.PropertyType);
            var key = $"{path}:{property.Name}";
            var deeper = kind switch
            {
                SettingKind.Value or SettingKind.Values => [Of(property, key, defaults)],
                SettingKind.Map => Rows(element, $"{key}:<name>"),
                SettingKind.Objects => Rows(element, $"{key}:<n>"),
            };
            foreach (var row in deeper)
            {
                yield return row;
            }
        }
    }

    private static SettingRow Of(PropertyInfo property, string key, object defaults)
    {
        var setting = SettingShape.Setting(property);
        return new(
            setting.Variable,
            setting.Alias,
            key,
            Shown(property.GetValue(defaults), setting),
            SettingText.What(setting.Takes),
            Summary(property));
    }

    private static string Shown(object? value, SettingAttribute setting) => value switch
    {
        null or "" => "unset",
        TimeSpan time => $"`{DurationText.Format(time)}`",
        long or int when setting.Bytes => $"`{SizeText.Format(Convert.ToInt64(value, CultureInfo.InvariantCulture))}`",
        bool truth => truth ? "`True`" : "`False`",
        string text => $"`{text}`",
        IEnumerable list => list.Cast<object>().Any() ? $"`{string.Join(',', list.Cast<object>())}`" : "unset",
        IFormattable plain => $"`{plain.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => $"`{value}`",
    };

    private static string Section(Type type) =>
        (string)type.GetProperty("Section", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    // The docstring's summary, without the sentence on default and range: the page has columns for them.
    private static string Summary(PropertyInfo property)
    {
        var file = Path.ChangeExtension(property.DeclaringType!.Assembly.Location, ".xml");
        var member = XDocument.Load(file).Descendants("member")
            .FirstOrDefault(member => member.Attribute("name")?.Value == $"P:{property.DeclaringType.FullName}.{property.Name}");
        var summary = member?.Element("summary")
            ?? throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} has no docstring.");
        foreach (var reference in summary.Descendants("see").ToList())
        {
            reference.ReplaceWith(reference.Attribute("cref")?.Value.Split('.')[^1] ?? "");
        }

        var sentences = Spaces().Replace(summary.Value, " ").Trim().Split(". ").Where(
            sentence => !sentence.StartsWith("Default", StringComparison.Ordinal));
        return (string.Join(". ", sentences).TrimEnd('.') + ".").Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
