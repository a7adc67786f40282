using ClamProxy.Warming.Python;

namespace ClamProxy.Tests.Warming.Python;

public sealed class PythonTests
{
    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("v1.0.0", "1")]
    [InlineData("1.0-C.1", "1rc1")]
    [InlineData("1.0.alpha", "1a0")]
    [InlineData("01.2-1", "1.2.post1")]
    [InlineData("1!2.0.post", "1!2.post0")]
    [InlineData("1.0.DEV3", "1.dev3")]
    [InlineData("2.1+CU_118", "2.1+cu.118")]
    [InlineData("0.0", "0")]
    [InlineData("no version", "no version")]
    public void Versions_HaveOneSpelling(string written, string one) => Assert.Equal(one, PythonVersion.Normalise(written));

    [Theory]
    [InlineData("zope_interface-6.0-cp311-cp311-linux_x86_64.whl", "6", true)]
    [InlineData("zope.interface-6.0.tar.gz", "6.0.0", true)]
    [InlineData("zope-interface-6.0.zip", "6.0", true)]
    [InlineData("zope-interface-6.0.1.zip", "6.0", false)]
    [InlineData("zope_interface-6.0+local-py3-none-any.whl", "6.0", true)]
    [InlineData("zope_interface-6.0.exe", "6.0", false)]
    [InlineData("zope-6.0.tar.gz", "6.0", false)]
    [InlineData("-", "6.0", false)]
    [InlineData("", "6.0", false)]
    public void Files_AreOfAVersionByTheirName(string name, string version, bool isOf) =>
        Assert.Equal(isOf, new IndexFile(name, "x", []).IsOf("Zope.Interface", version));

    [Fact]
    public void JsonPage_IsReadWithoutWhatIsNoFile()
    {
        var hash = new string('a', 64);
        var files = IndexPage.Read("application/vnd.pypi.simple.v1+json", $$"""
            { "files": [ { "filename": "a-1.whl", "url": "../../a-1.whl#sha256=zz", "hashes": { "sha256": "{{hash}}", "sha256x": 3, "md5": "no" } }, { "filename": 3 }, null, [] ] }
            """)!;
        var file = Assert.Single(files);
        Assert.Equal(("a-1.whl", "../../a-1.whl", hash), (file.Name, file.Url, Assert.Single(file.Digests).Hex));
    }

    [Fact]
    public void HtmlPage_IsReadWithEntitiesAndBothQuotes()
    {
        var hash = new string('b', 64);
        var files = IndexPage.Read(
            "text/html",
            $"<html><a class=\"x\" href=\"../a-1.whl?x=1&amp;y=2#sha256={hash}\" data-x>a</a><A HREF='https://h/b%2B-1.zip'>b</A><abbr "
                + "href=\"no\"></html>")!;
        Assert.Equal(["../a-1.whl?x=1&y=2", "https://h/b%2B-1.zip"], files.Select(file => file.Url));
        Assert.Equal(["a-1.whl", "b+-1.zip"], files.Select(file => file.Name));
        Assert.Equal(hash, Assert.Single(files[0].Digests).Hex);
    }

    [Fact]
    public void NameThatIsNoText_IsPassedOver() =>
        Assert.Empty(IndexPage.Read("application/vnd.pypi.simple.v1+json", """{ "files": [ { "filename": "\ud800", "url": "x" } ] }""")!);

    [Theory]
    [InlineData("application/json", "{ \"files\": 3 }")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "{ \"files\": [")]
    [InlineData(null, "<html>")]
    public void PageOfAnotherKind_IsNone(string? type, string text) => Assert.Null(IndexPage.Read(type, text));
}
