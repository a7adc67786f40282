using System.Text.Json;
using ClamProxy.Configuration;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;

namespace ClamProxy.Tests.Configuration;

public sealed class SettingsReaderTests
{
    [Fact]
    public void NothingGiven_DefaultsHold()
    {
        var reader = Given.Environment();
        var options = reader.Read<SampleOptions>();
        Assert.Empty(reader.Problems);
        Assert.Equal(("default", 7, 1024L, TimeSpan.FromMinutes(1)), (options.Text, options.Count, options.Size, options.Ttl));
        Assert.Equal(["localhost"], options.Hosts);
    }

    [Fact]
    public void EveryTypeInJson_IsRead()
    {
        var reader = Given.Settings("""
            { "ClamProxy": { "Sample": { "Text": "x=y", "Nothing": "n", "Count": 9, "Size": "10M", "Bound": 5, "Share": 0.25, "Flag": false,
              "Colour": "dark-red", "Ttl": "24:00:00", "Hosts": ["a", "b:1"], "Colours": ["blue", "DARKRED"] } } }
            """);
        var options = reader.Read<SampleOptions>();
        Assert.Empty(reader.Problems);
        Assert.Equal(("x=y", "n", 9, 10L << 20, 5L), (options.Text, options.Nothing, options.Count, options.Size, options.Bound));
        Assert.Equal(
            (0.25, false, SampleColour.DarkRed, TimeSpan.FromHours(24)), (options.Share, options.Flag, options.Colour, options.Ttl));
        Assert.Equal(["a", "b:1"], options.Hosts);
        Assert.Equal([SampleColour.Blue, SampleColour.DarkRed], options.Colours);
    }

    [Fact]
    public void ShortName_WinsOverSectionAndAlias()
    {
        var options = Given.Environment(
            ("ClamProxy__Sample__Text", "section"), ("SAMPLE_OTHER", "alias"), ("SAMPLE_TEXT", "short")).Read<SampleOptions>();
        Assert.Equal("short", options.Text);
    }

    [Fact]
    public void Alias_WinsOverSection() =>
        Assert.Equal(
            "alias", Given.Environment(("ClamProxy__Sample__Text", "section"), ("SAMPLE_OTHER", "alias")).Read<SampleOptions>().Text);

    [Theory]
    [InlineData("DELIVERY", "patience")]
    [InlineData("DELIVERY", "keepalive")]
    [InlineData("ClamProxy__Gate__Delivery", "Keep-Alive")]
    public void EarlierNameOfAValue_IsTakenBesideTheNewOne(string name, string value)
    {
        var reader = Given.Environment((name, value));
        Assert.Equal(DeliveryMode.KeepAlive, reader.Read<GateOptions>().Delivery);
        Assert.Empty(reader.Problems);
    }

    [Theory]
    [InlineData("PATIENCE_SECONDS")]
    [InlineData("ClamProxy__Gate__ReplyDeadline")]
    [InlineData("ClamProxy__Gate__Patience")]
    public void EarlierNameOfAKey_IsReadBesideTheNewOne(string name)
    {
        var reader = Given.Environment((name, "3"));
        Assert.Equal(TimeSpan.FromSeconds(3), reader.Read<GateOptions>().ReplyDeadline);
        Assert.Empty(reader.Problems);
    }

    [Fact]
    public void EarlierNameOfAKey_LosesToTheNewOne()
    {
        var reader = Given.Environment(("ClamProxy__Gate__Patience", "3"), ("ClamProxy__Gate__ReplyDeadline", "4"));
        Assert.Equal(TimeSpan.FromSeconds(4), reader.Read<GateOptions>().ReplyDeadline);
        Assert.Empty(reader.Problems);
    }

    [Fact]
    public void WrongValueUnderAnEarlierName_IsAProblemOfThatName()
    {
        var reader = Given.Environment(("ClamProxy__Gate__Patience", "soon"));
        reader.Read<GateOptions>();
        Assert.StartsWith("ClamProxy__Gate__Patience=soon: takes seconds", Assert.Single(reader.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void EnvironmentOfSection_WinsOverJson() =>
        Assert.Equal(3, Given.Settings(Json("Count", "2"), ("ClamProxy__Sample__Count", "3")).Read<SampleOptions>().Count);

    [Theory]
    [InlineData("SAMPLE_COUNT")]
    [InlineData("ClamProxy__Sample__Count")]
    public void EmptyEnvironmentVariable_CountsAsUnset(string name)
    {
        var reader = Given.Settings(Json("Count", "2"), (name, ""));
        Assert.Equal(2, reader.Read<SampleOptions>().Count);
        Assert.Empty(reader.Problems);
    }

    [Theory]
    [InlineData("SAMPLE_HOSTS")]
    [InlineData("ClamProxy__Sample__Hosts")]
    public void ListWithCommas_TakesTheArraysPlace(string name)
    {
        var reader = Given.Settings("""{ "ClamProxy": { "Sample": { "Hosts": ["a", "b", "c"] } } }""", (name, " x , y,"));
        Assert.Equal(["x", "y"], reader.Read<SampleOptions>().Hosts);
        Assert.Empty(reader.Problems);
    }

    [Fact]
    public void OneElementFromTheEnvironment_ReplacesThatOne()
    {
        var reader = Given.Settings("""{ "ClamProxy": { "Sample": { "Hosts": ["a", "b"] } } }""", ("ClamProxy__Sample__Hosts__1", "x"));
        Assert.Equal(["a", "x"], reader.Read<SampleOptions>().Hosts);
    }

    [Fact]
    public void MapOfObjects_IsReadFromJsonAndEnvironment()
    {
        var reader = Given.Settings(
            """{ "ClamProxy": { "Routes": { "pypi": { "Path": "/pypi", "Rewrite": [ { "From": "f", "To": "t" } ] } } } }""",
            ("ClamProxy__Routes__npm__Path", "/npm"),
            ("ClamProxy__Routes__pypi__CacheScan", "TRUE"));
        var routes = reader.Read<SampleRootOptions>().Routes;
        Assert.Empty(reader.Problems);
        Assert.Equal(["npm", "pypi"], routes.Keys.Order(StringComparer.Ordinal));
        Assert.True(routes["PYPI"].CacheScan);
        Assert.Equal(("f", "t"), (routes["pypi"].Rewrite[0].From, routes["pypi"].Rewrite[0].To));
    }

    [Fact]
    public void JsonHoldsAnObjectWhereOneValueBelongs_IsAProblem() =>
        Assert.Equal(
            ["ClamProxy:Sample:Count:Max: no such setting"],
            Problems<SampleOptions>(Given.Settings("""{ "ClamProxy": { "Sample": { "Count": { "Max": 1 } } } }""")));

    [Fact]
    public void RulesOfTheOptionsThemselves_AreChecked() =>
        Assert.Equal(["SAMPLE_OTHER=bad: takes anything but bad"], Problems<SampleOptions>(Given.Environment(("SAMPLE_OTHER", "bad"))));

    [Fact]
    public void RuleOfAMapsEntry_NamesTheEntry() =>
        Assert.Equal(
            ["ClamProxy__Routes__npm__Path=npm: takes a path that begins with /"],
            Problems<SampleRootOptions>(Given.Environment(("ClamProxy__Routes__npm__Path", "npm"))));

    internal static IReadOnlyList<string> Problems<T>(SettingsReader reader)
        where T : ClamProxy.Core.Settings.ISettings, new()
    {
        reader.Read<T>();
        return reader.Problems;
    }

    internal static string Json(string key, string value) =>
        JsonSerializer.Serialize(new { ClamProxy = new { Sample = new Dictionary<string, string> { [key] = value } } });
}
