using ClamProxy.Core.Buckets;

namespace ClamProxy.Core.Tests.Buckets;

/// <summary>Which keys patterns fit.</summary>
public sealed class KeyPatternsTests
{
    [Theory]
    [InlineData("", "any/key", true)]
    [InlineData("*.pdf", "a.pdf", true)]
    [InlineData("*.pdf", "x/y/a.pdf", true)]
    [InlineData("*.pdf", "x/a.pdf/b", false)]
    [InlineData("*.pdf", "a.PDF", false)]
    [InlineData("docs/*.pdf", "docs/a.pdf", true)]
    [InlineData("docs/*.pdf", "docs/x/a.pdf", false)]
    [InlineData("docs/*.pdf", "x/docs/a.pdf", false)]
    [InlineData("docs/**", "docs/x/a\nb.pdf", true)]
    [InlineData("docs/**", "docs", false)]
    [InlineData("**/in/**", "a/b/in/c", true)]
    [InlineData("file-?.txt", "file-1.txt", true)]
    [InlineData("file-?.txt", "file-12.txt", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("*.pdf,*.doc", "x.doc", true)]
    [InlineData("*.pdf,!secret*", "secret.pdf", false)]
    [InlineData("!*.tmp", "x.tmp", false)]
    [InlineData("!*.tmp", "x.txt", true)]
    public void Key_IsTakenWhereOneFitsAndNoneExcludesIt(string patterns, string key, bool isTaken) => Assert.Equal(
        isTaken, new KeyPatterns(patterns.Split(',', StringSplitOptions.RemoveEmptyEntries)).Takes(key));
}
