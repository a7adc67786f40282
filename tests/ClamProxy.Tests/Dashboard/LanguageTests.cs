using System.Text.RegularExpressions;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Verdicts;
using ClamProxy.Dashboard.Languages;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using static ClamProxy.Tests.Dashboard.Dashboards;

namespace ClamProxy.Tests.Dashboard;

/// <summary>English, French and Japanese say the same.</summary>
public sealed partial class LanguageTests
{
    private static readonly Dictionary<string, Texts> s_all = LanguageChoice.All.ToDictionary(texts => texts.Language);

    public static TheoryData<string> Languages => ["en", "fr", "ja"];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Language_HasTheKeysAndPlacesOfEnglish(string language)
    {
        var (english, other) = (s_all["en"], s_all[language]);

        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), other.Keys.Order(StringComparer.Ordinal));
        Assert.All(english.Keys, key =>
        {
            Assert.NotEqual("", other[key]);
            Assert.Equal(Places(english[key]), Places(other[key]));
        });
    }

    [Fact]
    public void EveryTextThatThePagesUse_IsThere()
    {
        var used = Directory.EnumerateFiles(Repository.File("src/ClamProxy/Dashboard"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Key().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Where(key => !key.EndsWith(".json", StringComparison.Ordinal))
            .Distinct()
            .ToList();

        Assert.True(used.Count > 100, $"{used.Count}");
        Assert.Empty(used.Except(s_all["en"].Keys));
    }

    [Fact]
    public void EveryText_IsUsed()
    {
        var source = string.Concat(Directory.EnumerateFiles(
            Repository.File("src/ClamProxy/Dashboard"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var words = new[] { "verdict.", "outcome.", "priority." };

        Assert.All(
            s_all["en"].Keys.Where(key => !words.Any(word => key.StartsWith(word, StringComparison.Ordinal))),
            key => Assert.Contains($"\"{key}\"", source, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void EveryVerdict_HasAWord(string language) => Assert.All(
        Enum.GetValues<Verdict>(), verdict => Assert.Contains($"verdict.{verdict.Tag()}", s_all[language].Keys));

    [Fact]
    public void EveryWordForAFailure_IsOfOne()
    {
        string[] others =
        [
            "head", "job-error", "not-modified", "refused", "released", "revalidated", "scan", "shared", "stale-if-error", "store",
            "verdict", "x-accel",
        ];
        var tags = Enum.GetValues<FailureReason>().Select(reason => reason.Facts().Tag).Concat(others).ToHashSet();

        Assert.Empty(s_all["en"].Keys.Where(key => key.StartsWith("outcome.", StringComparison.Ordinal))
            .Select(key => key["outcome.".Length..]).Except(tags));
    }

    [Theory]
    [InlineData("fr", "fr", "En ce moment")]
    [InlineData("ja-JP,en;q=0.5", "ja", "現在の状況")]
    [InlineData("de,fr;q=0.1,ja;q=0.9", "ja", "現在の状況")]
    [InlineData("fr;q=0,en;q=0.1", "en", "Now")]
    [InlineData("de", "en", "Now")]
    [InlineData("", "en", "Now")]
    [InlineData(";;;=,,", "en", "Now")]
    public async Task Browser_GetsItsLanguage(string field, string language, string title)
    {
        await using var world = await ProxyWorld.StartAsync();

        var page = await PageAsync(world, "/dashboard", field);

        Assert.Contains($"<html lang=\"{language}\">", page, StringComparison.Ordinal);
        Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_AreWrittenAsTheLanguageDoes()
    {
        Assert.Equal("1,234.5", s_all["en"].Number(1234.5, 1));
        Assert.Equal("1\u202f234,5", s_all["fr"].Number(1234.5, 1));
        Assert.Equal("1.5\u00a0MiB", s_all["en"].Size(1.5 * 1024 * 1024));
        Assert.Equal("1,5\u202fMio", s_all["fr"].Size(1.5 * 1024 * 1024));
        Assert.Equal("0\u00a0B", s_all["en"].Size(0));
        Assert.Equal("2.5\u00a0s", s_all["en"].Time(TimeSpan.FromSeconds(2.5)));
        Assert.Equal("3\u00a0min", s_all["en"].Time(TimeSpan.FromMinutes(3)));
    }

    [Fact]
    public void LanguageThatIsVeryLong_IsEnglish()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.AcceptLanguage = string.Join(',', Enumerable.Repeat("fr", 1000));

        Assert.Equal("en", LanguageChoice.Of(context.Request).Language);
    }

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(match => match.Value).Order();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();

    [GeneratedRegex("\"((?:chart|column|content|detections|jobs|live|notfound|now|number|page|request|room|scanners|search|state|unit"
        + "|verdicts|waivers|work)\\.[a-z]+)\"")]
    private static partial Regex Key();
}
