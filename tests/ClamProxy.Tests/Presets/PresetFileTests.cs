using ClamProxy.Presets;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Presets;

/// <summary>Each file of src/ClamProxy/Presets, whatever it is; a new one needs no change here.</summary>
public sealed class PresetFileTests
{
    private static readonly string Page = File.ReadAllText(Repository.File("docs/clients/README.md"));

    public static TheoryData<string> Names => [.. PresetCatalog.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void WithItsUpstreams_HasNoProblemAndAllOfItsRoutes(string name)
    {
        var preset = PresetCatalog.All[name];

        var world = PresetWorld.Of([$"PRESETS={name}", .. PresetWorld.Upstreams(preset)]);

        Assert.Empty(world.Problems);
        Assert.Equal(preset.Routes.Keys.Order(), world.Routes.Keys.Order());
        Assert.All(world.Routes, route => Assert.Equal("/" + route.Key, route.Value.Path));
        Assert.All(
            world.Routes.Values,
            route => Assert.True(route.CacheScan || route.Revalidate, $"{route.Path} forgets its indexes when upstream is down"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WithoutAnUpstream_StopsTheStartWithALineThatNamesIt(string name)
    {
        foreach (
            var (variable, upstream) in PresetCatalog.All[name].Upstreams.Where(one => one.Value is { Default: null, Optional: false }))
        {
            var others = PresetWorld.Upstreams(PresetCatalog.All[name]).Where(
                setting => !setting.StartsWith(variable + "=", StringComparison.Ordinal));

            var world = PresetWorld.Of([$"PRESETS={name}", .. others]);

            Assert.Equal(
                [$"{variable}=: takes an absolute URL such as {upstream.Example}: PRESETS={name} needs it, for {upstream.Is}"],
                world.Problems);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryUpstream_IsTheWholeUpstreamOfOneRoute(string name)
    {
        var preset = PresetCatalog.All[name];
        Assert.Equal(
            preset.Upstreams.Keys.Select(variable => $"${{{variable}}}").Order(),
            preset.Routes.Values.Select(route => route["Upstream"].GetString()).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ThePage_TellsOfItAndOfItsVariables(string name)
    {
        var preset = PresetCatalog.All[name];
        var row = preset.Upstreams.Select(one => $"| `{name}` | `{one.Key}` | {Default(one.Value)} | {one.Value.Is} |");
        Assert.All(row, line => Assert.True(Page.Contains(line, StringComparison.Ordinal), $"docs/clients/README.md lacks: {line}"));
    }

    private static string Default(PresetUpstream upstream) =>
        upstream.Default is { } given ? $"`{given}`" : upstream.Optional ? "not needed" : "none";

    [Fact]
    public void OnlyPypi_HasUpstreamsBuiltIn() =>
        Assert.Equal(
            ["pypi"],
            PresetCatalog.All.Where(
                preset => preset.Value.Upstreams.Values.Any(upstream => upstream.Default is not null)).Select(preset => preset.Key));

    [Fact]
    public void AllPresetsTogether_ClashNowhere()
    {
        var world = PresetWorld.Of(
            [$"PRESETS={string.Join(',', PresetCatalog.All.Keys)}", .. PresetCatalog.All.Values.SelectMany(PresetWorld.Upstreams)]);

        Assert.Empty(world.Problems);
        Assert.Equal(
            PresetCatalog.All.Values.Sum(preset => preset.Routes.Count),
            world.Routes.Values.Select(route => route.Path).Distinct().Count());
    }
}
