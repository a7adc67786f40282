using ClamProxy.Configuration;
using ClamProxy.Doors.Http;
using Microsoft.Extensions.Configuration;

namespace ClamProxy.Tests.Rewriting;

public sealed class RewriteOptionsTests
{
    [Theory]
    [InlineData("https://files.example.org/", "/files/", null)]
    [InlineData("http://files.example.org:81/a/b", "/", null)]
    [InlineData("ftp://files.example.org/", "/files/", "From")]
    [InlineData("files.example.org", "/files/", "From")]
    [InlineData("https://files.example.org/?x", "/files/", "From")]
    [InlineData("https://files.example.org/#x", "/files/", "From")]
    [InlineData("https://user@files.example.org/", "/files/", "From")]
    [InlineData("https://files.example.org/<", "/files/", "From")]
    [InlineData("", "/files/", "From")]
    [InlineData("https://files.example.org/", "files/", "To")]
    [InlineData("https://files.example.org/", "/files", "To")]
    [InlineData("https://files.example.org/", "/fi\"les/", "To")]
    [InlineData("https://files.example.org/", "", "To")]
    public void Rule_IsChecked(string from, string to, string? wrong)
    {
        var problems = Problems(("Rewrite:0:From", from), ("Rewrite:0:To", to));

        Assert.Equal(wrong is not null, problems.Count > 0);
        Assert.All(problems, problem => Assert.StartsWith($"ClamProxy:Routes:r:Rewrite:0:{wrong}=", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void SamePrefixTwice_IsAProblem()
    {
        var problem = Assert.Single(Problems(
            ("Rewrite:0:From", "https://a/"), ("Rewrite:0:To", "/x/"), ("Rewrite:1:From", "https://a"), ("Rewrite:1:To", "/y/")));

        Assert.Equal("ClamProxy:Routes:r:Rewrite:1:From=https://a: takes each prefix once", problem);
    }

    [Fact]
    public void MisspeltKey_IsAProblem() =>
        Assert.Contains(
            Problems(("Rewrite:0:From", "https://a/"), ("Rewrite:0:To", "/x/"), ("Rewrite:0:Too", "/x/")),
            problem => problem.Contains("Too", StringComparison.Ordinal));

    [Theory]
    [InlineData("https://a.example.org/x", false)]
    [InlineData("a.example.org", true)]
    [InlineData("https://a.example.org/?x", true)]
    [InlineData("https://a.example.org/\"", true)]
    [InlineData("https://user:secret@a.example.org/", true)]
    public void PublicUrl_IsChecked(string url, bool isWrong)
    {
        var settings = new SettingsReader(Configuration([("PUBLIC_URL", url)]));
        settings.Read<HttpDoorOptions>();

        Assert.Equal(isWrong, settings.Problems.Any(problem => problem.StartsWith("PUBLIC_URL=", StringComparison.Ordinal)));
        Assert.DoesNotContain(settings.Problems, problem => problem.Contains("secret", StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Problems(params (string Key, string Value)[] route)
    {
        var settings = new SettingsReader(Configuration(
            [
                ("ClamProxy:Routes:r:Path", "/r"),
                ("ClamProxy:Routes:r:Upstream", "https://a/"),
                .. route.Select(one => ($"ClamProxy:Routes:r:{one.Key}", one.Value))]));
        settings.Read<HttpDoorOptions>();
        return settings.Problems;
    }

    private static IConfigurationRoot Configuration(IEnumerable<(string Key, string Value)> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value))).Build();
}
