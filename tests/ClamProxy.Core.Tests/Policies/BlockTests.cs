using ClamProxy.Core.Policies;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Policies;

/// <summary>Which URLs a block is about, and which files of blocks are wrong.</summary>
public sealed class BlockTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("https://a.test/packages/", "https://a.test/packages/x.whl", true)]
    [InlineData("https://a.test/packages/", "https://b.test/packages/x.whl", false)]
    [InlineData("https://a.test/packages/", "https://A.test/packages/x.whl", true)]
    [InlineData("https://*/evil-*.whl", "https://a.test/p/evil-1.whl", true)]
    [InlineData("https://*/evil-*.whl", "https://a.test/p/%65vil-1.whl?x=1", true)]
    [InlineData("https://*/evil-*.whl", "https://a.test/p/good-1.whl", false)]
    [InlineData("https://a.test/(a+)+b", "https://a.test/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false)]
    public void Target_CoversWhatBeginsWithIt(string target, string url, bool isCovered) =>
        Assert.Equal(isCovered, new Block(null, target, null, null, "r", null).CoversUrl(url));

    [Theory]
    [InlineData("evil-pkg", "1.2.3", "https://f.test/packages/ab/cd/evil_pkg-1.2.3-py3-none-any.whl", true)]
    [InlineData("evil-pkg", "1.2.3", "https://f.test/packages/ab/cd/Evil.Pkg-1.2.3.tar.gz", true)]
    [InlineData("evil-pkg", "1.2", "https://f.test/packages/ab/cd/evil_pkg-1.2.3.tar.gz", false)]
    [InlineData("evil-pkg", "1.2.3", "https://f.test/packages/ab/cd/not-evil-pkg-1.2.3.tar.gz", false)]
    [InlineData("evil-pkg", null, "https://f.test/packages/ab/cd/evil_pkg-7.tar.gz", true)]
    [InlineData("evil", null, "https://f.test/packages/ab/cd/evil_pkg-7.tar.gz", false)]
    [InlineData("@scope/evil", "1.0.0", "https://r.test/@scope/evil/-/evil-1.0.0.tgz", true)]
    [InlineData("@scope/evil", "1.0.0", "https://r.test/@scope%2fevil/-/evil-1.0.0.tgz", true)]
    [InlineData("@scope/evil", "1.0.0", "https://r.test/evil/-/evil-1.0.0.tgz", false)]
    [InlineData("evil", "1.0.0", "https://c.test/api/v1/crates/evil/1.0.0/download", true)]
    [InlineData("evil", "1.0.0", "https://c.test/crates/evil/evil-1.0.0.crate", true)]
    [InlineData("github.com/o/evil", "1.0.0", "https://g.test/github.com/o/evil/@v/v1.0.0.zip", true)]
    [InlineData("github.com/o/evil", "v1.0.0", "https://g.test/github.com/o/evil/@v/v1.0.0.zip", true)]
    [InlineData("Evil.Net", "1.0.0", "https://n.test/v3-flatcontainer/evil.net/1.0.0/evil.net.1.0.0.nupkg", true)]
    [InlineData("org.evil:core", "1.0.0", "https://m.test/maven2/org/evil/core/1.0.0/core-1.0.0.jar", true)]
    [InlineData("org.evil:core", "1.0.0", "https://m.test/maven2/org/good/core/1.0.0/core-1.0.0.jar", false)]
    [InlineData("evil", "1.0-2", "https://d.test/debian/pool/main/e/evil/evil_1.0-2_amd64.deb", true)]
    [InlineData("evil-pkg", "1.2.3", "https://f.test/simple/evil-pkg/", false)]
    public void Package_CoversItsFiles(string package, string? version, string url, bool isCovered) =>
        Assert.Equal(isCovered, new Block(null, null, package, version, "r", null).CoversUrl(url));

    [Theory]
    [InlineData("""[ { "reason": "r" } ]""", "exactly one")]
    [InlineData("""[ { "sha256": "AB", "reason": "r" } ]""", "64 lower-case")]
    [InlineData("""[ { "target": "/packages/", "reason": "r" } ]""", "http")]
    [InlineData("""[ { "package": "p", "version": " ", "reason": "r" } ]""", "empty version")]
    [InlineData("""[ { "target": "https://a/", "version": "1", "reason": "r" } ]""", "without a package")]
    [InlineData("""[ { "package": "p" } ]""", "needs a reason")]
    [InlineData("""[ { "package": "p", "reason": "r", "expire": "2027-01-31T00:00:00Z" } ]""", "expire")]
    [InlineData("[ null ]", "is null")]
    public void WrongFile_SaysWhatIsWrong(string json, string says)
    {
        var path = _folder.File("blocks.json");
        File.WriteAllText(path, json);
        Assert.Contains(says, RuleList.Problem(path, RuleList.Blocks), StringComparison.Ordinal);
    }
}
