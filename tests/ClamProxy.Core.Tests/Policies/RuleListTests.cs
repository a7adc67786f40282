using ClamProxy.Core.Policies;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Policies;

/// <summary>The exceptions' file: what it takes, and what it says of what it does not.</summary>
public sealed class RuleListTests : IDisposable
{
    private const string Rest = """ "owner": "a@example.org", "reason": "r", "expires": "2027-01-31T00:00:00Z" """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void RightFile_IsReadWithCommentsAndTrailingCommas()
    {
        var list = RuleList.Waivers(Write($$"""
            [ // ours
              { "signature": "PUA.Tool", {{Rest}} },
              { "target": "https://files.pythonhosted.org/packages/", {{Rest}} },
              { "sha256": "{{new string('a', 64)}}", {{Rest}} },
            ]
            """));

        Assert.Equal(["PUA.Tool", null, null], list.Select(entry => entry.Signature));
        Assert.All(list, entry => Assert.Equal(new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero), entry.Expires));
    }

    [Theory]
    [InlineData("{}", "not a list")]
    [InlineData("[", "not a list")]
    [InlineData("[null]", "entry 1 is null")]
    [InlineData("""[ { "signature": "x" } ]""", "needs an owner")]
    [InlineData("""[ { "signature": "x", "owner": "o" } ]""", "needs a reason")]
    [InlineData("""[ { "signature": "x", "owner": "o", "reason": "r" } ]""", "needs expires")]
    [InlineData("""[ { "signature": "x", "owner": "o", "reason": "r", "expires": "soon" } ]""", "not a list")]
    [InlineData("""[ { "signature": " ", "owner": "o", "reason": "r", "expires": "2027-01-31T00:00:00Z" } ]""", "empty signature")]
    [InlineData(
        """[ { "signature": "x", "sha256": "y", "owner": "o", "reason": "r", "expires": "2027-01-31T00:00:00Z" } ]""", "exactly one")]
    [InlineData("""[ { "owner": "o", "reason": "r", "expires": "2027-01-31T00:00:00Z" } ]""", "exactly one")]
    [InlineData("""[ { "sha256": "ABC", "owner": "o", "reason": "r", "expires": "2027-01-31T00:00:00Z" } ]""", "64 lower-case")]
    [InlineData(
        """[ { "target": "https://example.org", "owner": "o", "reason": "r", "expires": "2027-01-31T00:00:00Z" } ]""",
        "not a URL with a path")]
    [InlineData(
        """[ { "target": "example.org/", "owner": "o", "reason": "r", "expires": "2027-01-31T00:00:00Z" } ]""", "not a URL with a path")]
    [InlineData(
        """[ { "target": "ftp://example.org/", "owner": "o", "reason": "r", "expires": "2027-01-31T00:00:00Z" } ]""",
        "not a URL with a path")]
    [InlineData("""[ { "signature": "x", "owner": "o", "reason": "r", "expire": "2027-01-31T00:00:00Z" } ]""", "expire")]
    [InlineData(
        """[ { "signature": "x", "signature": "y", "owner": "o", "reason": "r", "expires": "2027-01-31T00:00:00Z" } ]""", "signature")]
    public void WrongFile_SaysWhatIsWrong(string json, string says) =>
        Assert.Contains(says, RuleList.Problem(Write(json), RuleList.Waivers), StringComparison.Ordinal);

    [Fact]
    public void MissingOrHugeFile_IsAProblem()
    {
        Assert.NotNull(RuleList.Problem(_folder.File("none.json"), RuleList.Waivers));
        Assert.Contains("larger than", RuleList.Problem(Write(new string(' ', (1 << 20) + 1)), RuleList.Waivers), StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyList_IsFine() => Assert.Null(RuleList.Problem(Write("[]"), RuleList.Waivers));

    private string Write(string text)
    {
        File.WriteAllText(_folder.File("exceptions.json"), text);
        return _folder.File("exceptions.json");
    }
}
