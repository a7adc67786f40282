using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Settings;

namespace ClamProxy.Configuration;

/// <summary>
/// Reads every folder's options from section <c>ClamProxy</c> and from the short environment variables, which win over it.
/// All problems are collected, so that an operator sees them at once.
/// </summary>
/// <param name="root">The host's configuration; short variables are its root keys, as AddEnvironmentVariables puts them.</param>
[UnconditionalSuppressMessage("Trimming", "IL2067", Justification = SettingShape.KeptWhole)]
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = SettingShape.KeptWhole)]
internal sealed class SettingsReader(IConfigurationRoot root)
{
    /// <summary>The section that holds all settings.</summary>
    public const string Root = "ClamProxy";

    private readonly SettingSource _source = new(root);
    private readonly SettingNode _known = new();
    private readonly HashSet<string> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _problems = [];
    private readonly Dictionary<Type, (object Options, string Path)> _read = [];

    /// <summary>One line for each wrong value, for a process that reads a part of the settings alone.</summary>
    public IReadOnlyList<string> ValueProblems => _problems;

    /// <summary>
    /// One line for each wrong value and each key that no options read so far knows; ask after the last <see cref="Read{T}"/>.
    /// </summary>
    public IReadOnlyList<string> Problems => [.. _problems, .. UnknownKeys.Find(root.GetSection(Root), _known, _source)];

    /// <summary>
    /// A text that is another one where a setting is, of those that were read so far. Secrets cannot be read out of it.
    /// </summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n',
        root.GetSection(Root).AsEnumerable()
            .Concat(_variables.Select(name => KeyValuePair.Create(name, root[name])))
            .Where(pair => pair.Value is not null)
            .OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
            .Select(pair => $"{pair.Key}={pair.Value}")))));

    /// <summary>The options of one folder. A wrong value keeps its default and adds to <see cref="Problems"/>.</summary>
    /// <param name="prepare">What has to be known of others before the values are checked.</param>
    public T Read<T>(Action<T>? prepare = null)
        where T : ISettings, new()
    {
        var options = new T();
        prepare?.Invoke(options);
        var path = T.Section.Length == 0 ? Root : $"{Root}:{T.Section}";
        _known.Section(T.Section).Add(typeof(T));
        Bind(options, path);
        _read[typeof(T)] = (options, path);
        return options;
    }

    /// <summary>Options that were read before.</summary>
    /// <exception cref="KeyNotFoundException">They were not.</exception>
    public T Get<T>()
        where T : ISettings => (T)_read[typeof(T)].Options;

    /// <summary>Every setting that was read so far, in the order of the keys.</summary>
    public IReadOnlyList<EffectiveSetting> Effective()
    {
        var settings = new EffectiveSettings(root);
        return [.. _read.SelectMany(one => settings.Of(one.Key, one.Value.Path)).OrderBy(one => one.Key, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Adds a problem for each variable that is nearly called as one that is known. Call it after the last <see cref="Read{T}"/>.
    /// </summary>
    /// <param name="others">Variables that no options read.</param>
    /// <param name="ignored">Variables that are another program's.</param>
    public void CheckVariables(IEnumerable<string> others, IReadOnlyCollection<string> ignored) =>
        _problems.AddRange(new NearVariables([.. _variables, .. others], ignored).Find(root));

    private void Bind(object options, string path)
    {
        var wrong = _problems.Count;
        foreach (var property in SettingShape.Properties(options.GetType()))
        {
            var setting = SettingShape.Setting(property);
            _variables.UnionWith(new[] { setting.Variable, setting.Alias }.OfType<string>());
            Bind(options, property, setting, $"{path}:{property.Name}");
        }

        // A rule between two values says nothing sensible while one of them could not be read.
        if (options is ISettings settings && _problems.Count == wrong)
        {
            _problems.AddRange(settings.Problems().Select(problem => Line(options.GetType(), path, problem)));
        }
    }

    private void Bind(object options, PropertyInfo property, SettingAttribute setting, string path)
    {
        var shape = SettingShape.Of(property.PropertyType);
        var value = shape.Kind switch
        {
            SettingKind.Value => Value(shape.Element, setting, path) ?? EarlierValue(shape.Element, property, setting, path),
            SettingKind.Values => Values(shape.Element, setting, path),
            SettingKind.Objects => Objects(shape.Element, path),
            SettingKind.Map => Map(shape.Element, path),
        };
        if (value is not null)
        {
            property.SetValue(options, value);
        }
    }

    private object? Value(Type type, SettingAttribute setting, string path) =>
        _source.Find(path, setting) is { } given ? Parse(type, setting, given) : null;

    private object? EarlierValue(Type type, PropertyInfo property, SettingAttribute setting, string path) =>
        SettingShape.EarlierName(property) is { } earlier
        && _source.Find(path, setting) is null
        && _source.FindKey($"{path[..path.LastIndexOf(':')]}:{earlier}") is { } given
            ? Parse(type, setting, given)
            : null;

    private Array? Values(Type type, SettingAttribute setting, string path)
    {
        if (_source.FindList(path, setting) is not { } given)
        {
            return null;
        }

        object?[] parsed = [.. given.Select(one => Parse(type, setting, one))];
        return Array.Exists(parsed, one => one is null) ? null : Typed(type, parsed);
    }

    private Array? Objects(Type type, string path)
    {
        object[] objects = [.. root.GetSection(path).GetChildren().Select(child => Nested(type, child))];
        return objects.Length == 0 ? null : Typed(type, objects);
    }

    private System.Collections.IDictionary? Map(Type type, string path)
    {
        var map = SettingShape.NewMap(type);
        foreach (var child in root.GetSection(path).GetChildren())
        {
            map.Add(child.Key, Nested(type, child));
        }

        return map.Count == 0 ? null : map;
    }

    private object Nested(Type type, IConfigurationSection section)
    {
        var nested = Activator.CreateInstance(type)!;
        Bind(nested, section.Path);
        return nested;
    }

    private object? Parse(Type type, SettingAttribute setting, GivenSetting given)
    {
        var value = SettingParser.Parse(type, setting, given.Value);
        if (value is null)
        {
            _problems.Add(SettingText.Line(given.Name, given.Value, setting.Takes));
        }

        return value;
    }

    private string Line(Type type, string path, SettingProblem problem)
    {
        var property = type.GetProperty(problem.Property)?.GetCustomAttribute<SettingAttribute>();
        return SettingText.Line(_source.NameOf($"{path}:{problem.Property}", property), problem.Value, problem.Takes);
    }

    private static Array Typed(Type type, object?[] values)
    {
        var typed = Array.CreateInstance(type, values.Length);
        Array.Copy(values, typed, values.Length);
        return typed;
    }
}
