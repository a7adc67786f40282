using ClamProxy.Configuration;
using ClamProxy.Core.Settings;

namespace ClamProxy.Tests.Configuration;

/// <summary>
/// The pages of docs/configuration have one row for each setting of each folder, found by reflection; a new options class needs no change
/// here.
/// </summary>
public sealed class ConfigurationPageTests
{
    private static readonly IReadOnlyList<SettingRow> Settings =
        SettingRow.All(typeof(SettingsReader).Assembly, typeof(ISettings).Assembly);

    private static readonly IReadOnlyList<string> Lines = SettingRow.Lines;

    [Fact]
    public void EverySetting_HasOneRow()
    {
        var missing = Settings.Where(setting => Lines.Count(setting.IsToldBy) != 1).Select(setting => setting.Row);
        Assert.True(!missing.Any(), $"docs/configuration lacks, has twice, or has with other values:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void EveryRow_IsASetting()
    {
        var keys = Settings.Select(setting => $"`{setting.Key}`").ToHashSet();
        var extra = Lines.Where(
            line => line.Contains("| `ClamProxy:", StringComparison.Ordinal)).Where(line => !keys.Contains(line.Split('|')[2].Trim()));
        Assert.True(!extra.Any(), $"docs/configuration has settings that do not exist:\n{string.Join('\n', extra)}");
    }

    [Fact]
    public void ShortNames_AreUnique()
    {
        var names = Settings.SelectMany(setting => new[] { setting.Variable, setting.Alias }).OfType<string>().ToList();
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void Defaults_HaveNoProblemOfTheirOwn()
    {
        foreach (var options in SettingRow.Sections(typeof(SettingsReader).Assembly, typeof(ISettings).Assembly))
        {
            Assert.Empty(((ISettings)Activator.CreateInstance(options)!).Problems());
        }
    }
}
