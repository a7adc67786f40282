using System.Buffers;
using System.Text;
using ClamProxy.Rewriting;

namespace ClamProxy.Tests.Rewriting;

/// <summary>Which relative references of a text are found and replaced, wherever it is cut.</summary>
public sealed class ReferenceRewritingTests
{
    [Theory]
    [InlineData("""<a href="/a.whl">a</a>""", """<a href="http://p/idx/a.whl">a</a>""")]
    [InlineData("""<A class=x HREF = '/a&amp;b.whl?c=1&d#e'>a</A>""", """<A class=x HREF = 'http://p/idx/a&amp;b.whl?c=1&amp;d#e'>a</A>""")]
    [InlineData("<a href=/a.whl>a</a><img src=/b.png />", "<a href=http://p/idx/a.whl>a</a><img src=http://p/idx/b.png />")]
    [InlineData("<a href=\" /a.whl\n\">", "<a href=\"http://p/idx/a.whl\">")]
    [InlineData("<a href='&#x2F;a.whl'>", "<a href='http://p/idx/a.whl'>")]
    [InlineData("<a title='>' data-href='/x' href='/a b.whl'>", "<a title='>' data-href='/x' href='http://p/idx/a%20b.whl'>")]
    [InlineData("<!-- <a href='/a'> --><a href='/b'>", "<!-- <a href='/a'> --><a href='http://p/idx/b'>")]
    [InlineData("<!--><a href='/b'>", "<!--><a href='http://p/idx/b'>")]
    [InlineData(
        "<script>if (a<b) '<a href=\"/a\">'</SCRIPT><a href='/b'>",
        "<script>if (a<b) '<a href=\"/a\">'</SCRIPT><a href='http://p/idx/b'>")]
    [InlineData("1 < 2 <<a href='/b'>", "1 < 2 <<a href='http://p/idx/b'>")]
    [InlineData("</a href='/x'><a href=''><a href><a href=>", "</a href='/x'><a href=''><a href><a href=>")]
    [InlineData("<a href='a.whl'><a href='/a", "<a href='a.whl'><a href='/a")]
    [InlineData("<base href='/sub/'><a href='a'><a href='/b'>", "<base href='http://p/idx/sub/'><a href='a'><a href='http://p/idx/b'>")]
    [InlineData("<!doctype html>\n<a href='/ä'>", "<!doctype html>\n<a href='http://p/idx/ä'>")]
    public void Html_RelativeReferencesAreReplaced(string text, string expected) => AssertRewritten("text/html", text, expected);

    [Theory]
    [InlineData("""{"files":[{"url":"/a.whl","x":"/b"}]}""", """{"files":[{"url":"http://p/idx/a.whl","x":"/b"}]}""")]
    [InlineData("""{"files":[{"url":"\/a\u002ewhl"}, {"url":"b.whl"}]}""", """{"files":[{"url":"http://p/idx/a.whl"}, {"url":"b.whl"}]}""")]
    [InlineData("""{"dist":{"tarball":"/a.tgz"}}""", """{"dist":{"tarball":"http://p/idx/a.tgz"}}""")]
    [InlineData(
        """{"files":[{"url":"/a.whl"}],]"files":[{"url":"/b"}]}""",
        """{"files":[{"url":"http://p/idx/a.whl"}],]"files":[{"url":"/b"}]}""")]
    [InlineData("""{"files":[{"url":"/a.whl""", """{"files":[{"url":"/a.whl""")]
    public void Json_RelativeReferencesToFilesAreReplaced(string text, string expected) =>
        AssertRewritten("application/vnd.pypi.simple.v1+json", text, expected);

    [Theory]
    [InlineData("text/plain", "<a href='/a'>")]
    [InlineData("application/xml", "<?xml version='1.0'?><a href='/a'/>")]
    [InlineData("text/html", "")]
    public void OtherTexts_StayUnchanged(string type, string text) => AssertRewritten(type, text, text);

    [Fact]
    public void TagLongerThanAny_PassesThroughUnchanged()
    {
        var text = $"<a title='{new string('x', 20_000)}' href='/a'><a href='/b'>";

        Assert.Equal(text.Replace("'/b'", "'http://p/idx/b'", StringComparison.Ordinal), Rewrite("text/html", text, 1000));
    }

    [Fact]
    public void JsonReferenceLongerThanAny_PassesThroughUnchanged()
    {
        var text = $$"""{"files":[{"url":"/{{new string('x', 20_000)}}"},{"url":"/b"}]}""";

        Assert.Equal(text.Replace("\"/b\"", "\"http://p/idx/b\"", StringComparison.Ordinal), Rewrite("application/json", text, 1000));
    }

    private static void AssertRewritten(string type, string text, string expected)
    {
        foreach (var piece in (int[])[1, 2, 3, 7, 10_000])
        {
            Assert.Equal(expected, Rewrite(type, text, piece));
        }
    }

    private static string Rewrite(string type, string text, int piece)
    {
        var paths = new LinkPaths([], new("https://i.example.org/", "/idx"), []);
        var links = RelativeLinks.Of(paths, "http://p", "https://i.example.org/simple/", "https://i.example.org/simple/")!;
        var (rewriting, output) = (new ReferenceRewriting(links, [type]), new ArrayBufferWriter<byte>());
        foreach (var bytes in Encoding.UTF8.GetBytes(text).Chunk(piece))
        {
            rewriting.Write(bytes, output);
        }

        rewriting.Finish(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
