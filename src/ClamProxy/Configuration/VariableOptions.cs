using ClamProxy.Core.Settings;

namespace ClamProxy.Configuration;

/// <summary>Which variables of the environment are not meant for this program.</summary>
public sealed class VariableOptions : ISettings
{
    public static string Section => "";

    /// <summary>
    /// Variables of other programs whose names are so near to a setting's that they stop the start. Default: none.
    /// </summary>
    [Setting("takes names of variables, such as REDIS_URI", Variable = "IGNORED_VARIABLES")]
    public IReadOnlyList<string> IgnoredVariables { get; init; } = [];

    public IEnumerable<SettingProblem> Problems() => [];
}
