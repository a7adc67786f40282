using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Verdicts;

public sealed class KeyTests
{
    private const string Target = "https://example.org/file.whl";

    [Fact]
    public void TargetAlone_TheKeyIsItsPlainSha256() =>
        Assert.Equal("clamproxy:v1:url:bc7c47da071389fff8ce0d5502e0e0398b386de18baaa0ed8af2ae5147bcb24e", UrlKey.For(Target, []).Text);

    [Fact]
    public void Content_TheKeyIsItsSha256() => Assert.Equal("clamproxy:v1:content:" + Records.Sha, Records.Content.Text);

    [Fact]
    public void OrderAndCaseOfNames_DoNotMatter() =>
        Assert.Equal(
            UrlKey.For(Target, [new("Accept", "a"), new("authorization", "b")]),
            UrlKey.For(Target, [new("AUTHORIZATION", "b"), new("accept", "a")]));

    [Fact]
    public void AnythingElse_Matters()
    {
        KeyValuePair<string, string>[][] selectors =
        [
            [],
            [new("Accept", "a")],
            [new("Accept", "A")],
            [new("Accept", "")],
            [new("Accept", "a"), new("Accept", "a")],
            [new("Accept", "ab")],
            [new("Accepta", "b")],
            [new("Accept", "a"), new("b", "")],
            [new("Accept", "a\0\0\0\0\u0001b\0\0\0\0")],
            [new("", "Accept"), new("", "a")],
            [new("Authorization", "a")],
            [new("Accept", "b"), new("Authorization", "a")],
            [new("Accept", "a"), new("Authorization", "b")],
        ];
        var keys = selectors.Select(each => UrlKey.For(Target, each)).Append(UrlKey.For(Target + "/", [])).Append(
            UrlKey.For(Target + "Accepta", []));
        Assert.Equal(selectors.Length + 2, keys.Distinct().Count());
    }

    [Fact]
    public void Credentials_CannotBeReadInTheKey()
    {
        var text = UrlKey.For("https://example.org/?token=s3cret", [new("Authorization", "Bearer s3cret")]).Text;
        Assert.Matches("^clamproxy:v1:url:[0-9a-f]{64}$", text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://example.org/\0")]
    [InlineData("https://example.org/\n")]
    public void TextThatIsNoTarget_Throws(string target) => Assert.ThrowsAny<ArgumentException>(() => UrlKey.For(target, []));

    [Fact]
    public void HalfACharacter_ThrowsRatherThanShareAKey() =>
        Assert.ThrowsAny<ArgumentException>(() => UrlKey.For(Target, [new("Accept", "\ud800")]));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void TextThatIsNoSha256_Throws(string sha256) => Assert.Throws<ArgumentException>(() => ContentKey.For(sha256));

    [Fact]
    public void KeyNeverMade_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => default(UrlKey).Text);
        Assert.Throws<InvalidOperationException>(() => default(ContentKey).Text);
    }
}
