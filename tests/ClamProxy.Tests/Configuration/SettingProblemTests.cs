using ClamProxy.Configuration;

namespace ClamProxy.Tests.Configuration;

public sealed class SettingProblemTests
{
    [Fact]
    public void WrongShortVariable_IsNamedAsGiven() =>
        Assert.Equal(["SAMPLE_TTL=abc: takes a duration such as 24:00:00 or 90s"], Problems(("SAMPLE_TTL", "abc")));

    [Fact]
    public void WrongSectionVariable_IsNamedAsGiven() =>
        Assert.Equal(["ClamProxy__Sample__Share=2: takes a fraction, 0 to 1"], Problems(("ClamProxy__Sample__Share", "2")));

    [Fact]
    public void WrongJsonValue_IsNamedByItsPath() =>
        Assert.Equal(
            ["ClamProxy:Sample:Flag=maybe: takes True or False"],
            SettingsReaderTests.Problems<SampleOptions>(Given.Settings(SettingsReaderTests.Json("Flag", "maybe"))));

    [Fact]
    public void WrongElement_IsNamedByItself() =>
        Assert.Equal(["ClamProxy__Sample__Colours=green: takes colours"], Problems(("ClamProxy__Sample__Colours", "blue,green")));

    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("1.5")]
    [InlineData("1e1")]
    [InlineData("99999999999999999999")]
    public void NumberOutOfRangeOrNone_IsAProblem(string value) =>
        Assert.Equal([$"SAMPLE_COUNT={value}: takes a number, 1 to 100"], Problems(("SAMPLE_COUNT", value)));

    [Theory]
    [InlineData("Colour", "7")]
    [InlineData("Colour", "DarkRed,Blue")]
    [InlineData("Flag", "2")]
    [InlineData("Size", "10X")]
    [InlineData("Size", "-1")]
    [InlineData("Size", "9999999999G")]
    [InlineData("Share", "NaN")]
    [InlineData("Ttl", "1.00:00:01")]
    [InlineData("Ttl", "500ms")]
    public void ValueThatIsNone_IsAProblemAndNotTaken(string key, string value) =>
        Assert.StartsWith(
            $"ClamProxy__Sample__{key}={value}: takes ",
            Assert.Single(Problems(($"ClamProxy__Sample__{key}", value))),
            StringComparison.Ordinal);

    [Fact]
    public void SeveralWrongValues_AreAllReportedAtOnce() =>
        Assert.Equal(3, Problems(("SAMPLE_TTL", "x"), ("SAMPLE_COUNT", "x"), ("ClamProxy__Sample__Oops", "x")).Count);

    [Theory]
    [InlineData("ClamProxy__Sample__Cuont", "ClamProxy__Sample__Cuont: no such setting; did you mean Count?")]
    [InlineData("ClamProxy__Smaple__Count", "ClamProxy__Smaple: no such setting; did you mean Sample?")]
    [InlineData("ClamProxy__Count", "ClamProxy__Count: no such setting; did you mean ClamProxy:Sample:Count?")]
    [InlineData("ClamProxy__Sample__Xylophone", "ClamProxy__Sample__Xylophone: no such setting")]
    public void MisspeltKey_IsAProblemWithAHint(string name, string line) => Assert.Equal([line], Problems((name, "secret")));

    [Fact]
    public void MisspeltKeyInAMapsObject_IsAProblem()
    {
        var reader = Given.Settings(
            """{ "ClamProxy": { "Routes": { "pypi": { "Path": "/p", "CachScan": true, "Rewrite": [ { "Frm": "x" } ] } } } }""");
        Assert.Equal(
            [
                "ClamProxy:Routes:pypi:CachScan: no such setting; did you mean CacheScan?",
                "ClamProxy:Routes:pypi:Rewrite:0:Frm: no such setting; did you mean From?",
            ],
            SettingsReaderTests.Problems<SampleRootOptions>(reader));
    }

    [Theory]
    [InlineData("ClamProxy__Routes")]
    [InlineData("ClamProxy__Routes__pypi")]
    public void ValueWhereAnObjectBelongs_IsAProblem(string name) =>
        Assert.Equal(
            [$"{name}: takes keys below it, not a value of its own"],
            SettingsReaderTests.Problems<SampleRootOptions>(Given.Environment((name, "https://pypi.org"))));

    [Fact]
    public void SectionThatNoOptionsRead_IsAProblem()
    {
        var reader = Given.Environment(("ClamProxy__Sample__Count", "2"));
        reader.Read<SampleRootOptions>();
        Assert.Equal(["ClamProxy__Sample: no such setting"], reader.Problems);
    }

    [Theory]
    [InlineData("redis://user:p@ss@host:6379/0", "redis://***@host:6379/0")]
    [InlineData("redis://:p/s?s@host", "redis://***@host")]
    [InlineData("user:pass@host", "***@host")]
    [InlineData("https://host/?token=1", "https://host/?***")]
    [InlineData("redis://u:p@host?password=x", "redis://***@host?***")]
    [InlineData("tcp://host:3310", "tcp://host:3310")]
    public void SecretInAValue_IsNotShown(string value, string shown) => Assert.Equal(shown, SettingText.WithoutSecrets(value));

    [Fact]
    public void LineBreakInAValue_StaysOneLine() =>
        Assert.Equal("""SAMPLE_COUNT=1\u000a2: takes a number, 1 to 100""", Assert.Single(Problems(("SAMPLE_COUNT", "1\n2"))));

    private static IReadOnlyList<string> Problems(params (string Name, string Value)[] environment) =>
        SettingsReaderTests.Problems<SampleOptions>(Given.Environment(environment));
}
