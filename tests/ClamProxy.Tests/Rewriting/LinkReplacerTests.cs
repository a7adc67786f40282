using System.Buffers;
using System.Text;
using ClamProxy.Rewriting;

namespace ClamProxy.Tests.Rewriting;

/// <summary>What a text becomes, wherever it is cut on its way.</summary>
public sealed class LinkReplacerTests
{
    private const string Base = "http://proxy:8080";

    private static readonly RewriteOptions[] Rules =
    [
        new() { From = "https://files.example.org/", To = "/files/" },
        new() { From = "https://files.example.org/big/old/", To = "/old/" },
        new() { From = "http://plain.example.org/simple", To = "/plain/" },
    ];

    public static TheoryData<string, string> Texts => new()
    {
        { "", "" },
        { "no link at all, http, https://, //", "no link at all, http, https://, //" },
        {
            """<a href="https://files.example.org/a/b-1.0.whl#sha256=ab">""",
            """<a href="http://proxy:8080/files/a/b-1.0.whl#sha256=ab">"""
        },
        { """<a href='https://files.example.org/a?x=1&amp;y=2'>""", """<a href='http://proxy:8080/files/a?x=1&amp;y=2'>""" },
        { """{"url":"https:\/\/files.example.org\/a.whl"}""", """{"url":"http:\/\/proxy:8080\/files\/a.whl"}""" },
        {
            """{"url":"https:\u002F\u002ffiles.example.org\u002fa.whl"}""",
            """{"url":"http:\u002f\u002fproxy:8080\u002ffiles\u002fa.whl"}"""
        },
        { "<a href=https:&#x2F;&#x2f;files.example.org&#x2F;a>", "<a href=http:&#x2F;&#x2F;proxy:8080&#x2F;files&#x2F;a>" },
        { "<a href=https:&#47;&#47;files.example.org&#47;a>", "<a href=http:&#47;&#47;proxy:8080&#47;files&#47;a>" },
        {
            """{"tarball":"https://files.example.org/x.tgz","integrity":"sha512-Ab//+/=="}""",
            """{"tarball":"http://proxy:8080/files/x.tgz","integrity":"sha512-Ab//+/=="}"""
        },

        // A prefix ends where a name or a segment ends.
        {
            "https://files.example.org.evil/a https://files.example.organ/",
            "https://files.example.org.evil/a https://files.example.organ/"
        },
        {
            "https://files.example.org:8443/a https://files.example.org@evil/",
            "https://files.example.org:8443/a https://files.example.org@evil/"
        },
        {
            "https://files.example.org%2eevil/ https://files.example.orgé/",
            "https://files.example.org%2eevil/ https://files.example.orgé/"
        },
        {
            "http://plain.example.org/simpler http://plain.example.org/simple/a",
            "http://plain.example.org/simpler http://proxy:8080/plain/a"
        },
        {
            "\"http://plain.example.org/simple\" http://plain.example.org/simple?a",
            "\"http://proxy:8080/plain\" http://proxy:8080/plain?a"
        },
        { "\"https://files.example.org\" https://files.example.org", "\"http://proxy:8080/files\" http://proxy:8080/files" },

        // The longest prefix wins, and only whole.
        { "https://files.example.org/big/old/a", "http://proxy:8080/old/a" },
        { "https://files.example.org/big/older/a", "http://proxy:8080/files/big/older/a" },
        { "https://files.example.org/big/ol", "http://proxy:8080/files/big/ol" },
        { "https://files.example.org/big/old", "http://proxy:8080/old" },

        // Scheme and host in any case, a path as it is; another scheme is another upstream.
        { "HTTPS://Files.Example.ORG/A http://PLAIN.example.org/Simple/", "http://proxy:8080/files/A http://PLAIN.example.org/Simple/" },
        { "http://files.example.org/a https://plain.example.org/simple/", "http://files.example.org/a https://plain.example.org/simple/" },

        // References without a scheme, where one begins.
        {
            """<a href="//files.example.org/a"> <a href=//files.example.org/a>""",
            """<a href="http://proxy:8080/files/a"> <a href=http://proxy:8080/files/a>"""
        },
        { """{"url":"\/\/files.example.org\/a"}""", """{"url":"http:\/\/proxy:8080\/files\/a"}""" },
        { "//files.example.org/a", "http://proxy:8080/files/a" },
        { "ftp://files.example.org/a https://other//files.example.org/a", "ftp://files.example.org/a https://other//files.example.org/a" },

        // What looks like a beginning and is none.
        { "httphttps://files.example.org/a", "httphttp://proxy:8080/files/a" },
        { "https://https://files.example.org/a", "https://http://proxy:8080/files/a" },
        { "https://files.example.https://files.example.org/", "https://files.example.http://proxy:8080/files/" },
        { "https:/\\/files.example.org/", "https:/\\/files.example.org/" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_IsRewrittenInOnePiece(string text, string expected) => Assert.Equal(expected, Rewrite(text, text.Length));

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_IsTheSameByteByByte(string text, string expected) => Assert.Equal(expected, Rewrite(text, 1));

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_IsTheSameCutAnywhere(string text, string expected)
    {
        foreach (var cut in Enumerable.Range(0, Encoding.UTF8.GetByteCount(text) + 1))
        {
            Assert.Equal(expected, Rewrite(text, cut, int.MaxValue));
        }
    }

    [Fact]
    public void OtherPublicBase_ReplacesTheSameLinks()
    {
        var rules = new LinkRules(Rules);

        Assert.Equal("https://a/b/files/x", Rewrite(rules.To("https://a/b"), "https://files.example.org/x", 7));
        Assert.Equal("http://c/files/x", Rewrite(rules.To("http://c"), "https://files.example.org/x", 7));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'h', 0 })]
    [InlineData(new byte[] { 0xFE, 0xFF, 0, (byte)'h' })]
    [InlineData(new byte[] { (byte)'h', 0, (byte)'t', 0 })]
    [InlineData(new byte[] { 0, 0, 0, (byte)'h' })]
    public void TextOfWideCharacters_IsNotPassedOn(byte[] text)
    {
        var output = new ArrayBufferWriter<byte>();
        var replacer = new LinkReplacer(new LinkRules(Rules).To(Base));

        Assert.Throws<UnrewritableTextException>(() => Array.ForEach(text, one => replacer.Write([one], output)));
    }

    [Fact]
    public void AnyCutOfRandomText_GivesWhatOnePieceGives()
    {
        string[] pieces =
        [
            "https:", "//", "\\/", "files.example.org", "/", "big/", "old", "http", ".evil", "\"", "&#x2F;", "\\u002f",
            "plain.example.org/simple", "é", " "
        ];
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, 40).Select(_ => pieces[random.Next(pieces.Length)]));
            Assert.Equal(Rewrite(text, int.MaxValue), Rewrite(text, random.Next(1, 30)));
        }
    }

    private static string Rewrite(string text, params int[] cuts) => Rewrite(new LinkRules(Rules).To(Base), text, cuts);

    /// <summary>Cuts the text into pieces of these lengths, over and over.</summary>
    private static string Rewrite(LinkRewriting links, string text, params int[] cuts)
    {
        var output = new ArrayBufferWriter<byte>();
        var replacer = new LinkReplacer(links);
        ReadOnlySpan<byte> left = Encoding.UTF8.GetBytes(text);
        for (var round = 0; left.Length > 0; round++)
        {
            var piece = Math.Min(left.Length, cuts[round % cuts.Length]);
            replacer.Write(left[..piece], output);
            left = left[piece..];
        }

        replacer.Finish(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
