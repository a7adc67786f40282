using ClamProxy.Presets;

namespace ClamProxy.Tests.Presets;

/// <summary>A preset is the weakest of all settings.</summary>
public sealed class PresetOverrideTests
{
    [Fact]
    public void NoPreset_NoRoute() => Assert.Empty(PresetWorld.Of("NPM_UPSTREAM=https://npm.example/").Routes);

    [Fact]
    public void Pypi_NeedsNothing()
    {
        var world = PresetWorld.Of("PRESETS=pypi");

        Assert.Empty(world.Problems);
        Assert.Equal(("https://pypi.org/", false), (world.Routes["pypi"].Upstream, world.Routes["pypi"].CacheScan));
        Assert.Equal(
            ("https://files.pythonhosted.org/", true), (world.Routes["pypi-files"].Upstream, world.Routes["pypi-files"].CacheScan));
    }

    [Theory]
    [InlineData("PYPI_UPSTREAM=http://mirror.example:3141/root/pypi", "http://mirror.example:3141/root/pypi/")]
    [InlineData("PYPI_UPSTREAM=", "https://pypi.org/")]
    public void UpstreamVariable_NamesTheUpstream(string setting, string upstream) =>
        Assert.Equal(upstream, PresetWorld.Of("PRESETS=PyPI", setting).Routes["pypi"].Upstream);

    [Fact]
    public void KeyOfARoute_WinsOverThePresetAndItsVariable()
    {
        var world = PresetWorld.Of(
            "PRESETS=npm,pypi", "NPM_UPSTREAM=https://npm.example/", "ClamProxy:Routes:npm:Path=/node",
            "ClamProxy:Routes:npm:Upstream=https://other.example/",
            "ClamProxy:Routes:npm:CacheScan=true", "ClamProxy:Routes:pypi-files:ScanAhead=false");

        Assert.Empty(world.Problems);
        Assert.Equal(
            ("/node", "https://other.example/", true),
            (world.Routes["npm"].Path, world.Routes["npm"].Upstream, world.Routes["npm"].CacheScan));
        Assert.False(world.Routes["pypi-files"].ScanAhead);
    }

    [Fact]
    public void UpstreamByItsKey_IsEnough()
    {
        var world = PresetWorld.Of("PRESETS=npm", "ClamProxy:Routes:npm:Upstream=https://other.example/");
        Assert.Empty(world.Problems);
        Assert.Equal("https://other.example/", world.Routes["npm"].Upstream);
    }

    [Theory]
    [InlineData("ClamProxy:Routes:npm:Immutable=/only/**")]
    [InlineData("ClamProxy:Routes:npm:Immutable:0=/only/**")]
    public void ListOfTheOperator_TakesThePlaceOfThePresets(string setting) =>
        Assert.Equal(["/only/**"], PresetWorld.Of("PRESETS=npm", "NPM_UPSTREAM=https://npm.example/", setting).Routes["npm"].Immutable);

    [Fact]
    public void OptionalUpstream_BringsItsRoute()
    {
        string[] settings = ["PRESETS=npm", "NPM_UPSTREAM=https://npm.example/"];
        Assert.DoesNotContain("npm-files", PresetWorld.Of(settings).Routes.Keys);
        Assert.Equal(
            "https://t.example/", PresetWorld.Of([.. settings, "NPM_FILES_UPSTREAM=https://t.example"]).Routes["npm-files"].Upstream);
    }

    [Fact]
    public void Rewrite_FollowsMovedPathsAndUpstreams()
    {
        var world = PresetWorld.Of(
            "PRESETS=pypi", "PYPI_UPSTREAM=https://mirror.example/root", "ClamProxy:Routes:pypi-files:Path=/files",
            "ClamProxy:Routes:pypi-files:Upstream=https://f.example/");

        Assert.Empty(world.Problems);
        Assert.Equal(
            [("https://f.example/", "/files/"), ("https://mirror.example/root/", "/pypi/")],
            world.Routes["pypi"].Rewrite.Select(rule => (rule.From, rule.To)));
    }

    [Fact]
    public void RewriteToARouteThatIsLeftOut_IsLeftOut() =>
        Assert.Equal(
            ["https://npm.example/"],
            PresetWorld.Of("PRESETS=npm", "NPM_UPSTREAM=https://npm.example/").Routes["npm"].Rewrite.Select(rule => rule.From));

    [Fact]
    public void OneServerForIndexAndFiles_IsRewrittenOnce()
    {
        var world = PresetWorld.Of(
            "PRESETS=cargo", "CARGO_UPSTREAM=https://crates.example/", "CARGO_FILES_UPSTREAM=https://crates.example");
        Assert.Empty(world.Problems);
        Assert.Equal([("https://crates.example/", "/cargo/")], world.Routes["cargo"].Rewrite.Select(rule => (rule.From, rule.To)));
    }

    [Fact]
    public void UnknownName_IsAProblem() => Assert.Equal(
        [$"PRESETS=pipy: takes names of presets, which are {string.Join(", ", PresetCatalog.All.Keys)}"],
        PresetWorld.Of("PRESETS=pypi,pipy").Problems);

    [Theory]
    [InlineData("NPM_UPSTREAM=npm.example")]
    [InlineData("NPM_UPSTREAM=ftp://npm.example/")]
    [InlineData("NPM_UPSTREAM=https://npm.example/?x=1")]
    public void UpstreamThatIsNone_IsOneLine(string setting) => Assert.StartsWith(
        setting.Replace("x=1", "***", StringComparison.Ordinal) + ": takes an absolute http or https URL",
        Assert.Single(PresetWorld.Of("PRESETS=npm", setting).Problems),
        StringComparison.Ordinal);

    [Fact]
    public void SecretInAnUpstream_IsNotPrinted()
    {
        var line = Assert.Single(PresetWorld.Of("PRESETS=npm", "NPM_UPSTREAM=https://me:secret@npm.example/").Problems);
        Assert.StartsWith("NPM_UPSTREAM=https://***@npm.example/", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }
}
