using ClamProxy.Core.Settings;

namespace ClamProxy.Tests.Configuration;

public sealed class SampleRootOptions : ISettings
{
    public static string Section => "";

    [Setting("routes")]
    public IReadOnlyDictionary<string, SampleRoute> Routes { get; set; } = new Dictionary<string, SampleRoute>();

    public IEnumerable<SettingProblem> Problems() => Routes
        .Where(route => route.Value.Path is { Length: > 0 } path && path[0] != '/')
        .Select(route => new SettingProblem($"{nameof(Routes)}:{route.Key}:Path", route.Value.Path, "a path that begins with /"));
}
