using System.Text;
using System.Text.Json;
using ClamProxy.Rewriting;

namespace ClamProxy.Tests.Rewriting;

/// <summary>Which links of a text count, by its form and by the spellings that clients bear.</summary>
public sealed class LinkSearchTests
{
    private static readonly LinkHosts Hosts = new(
        ["http://proxy:8080"],
        "https://index.example.org/",
        ["https://index.example.org", "https://files.example.org", "https://rules.example.org/some/path"]);

    // Whole answers as PyPI, npm and NuGet give them, whose links of packages lead to the proxy already.
    public static TheoryData<string, string> HonestIndexes => new()
    {
        {
            "text/html",
            """
            <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.3"><link rel="stylesheet" href="https://cdn.example.net/a.css"></head><body>
            <a href="http://proxy:8080/files/a/b-1.0-py3-none-any.whl#sha256=ab" data-requires-python="&gt;=3.8" data-dist-info-metadata="sha256=cd">b-1.0-py3-none-any.whl</a><br>
            <a href="../../packages/b-1.0.tar.gz#sha256=ab">b-1.0.tar.gz</a> <a rel="homepage" href="https://home.example.net/">home</a> https://words.example.net/b.zip
            </body></html>
            """
        },
        {
            "application/vnd.pypi.simple.v1+json",
            """{"meta":{"api-version":"1.3","tracks":["https://tracked.example.net/simple/b/"]},"files":[{"filename":"b-1.0.whl","url":"http://proxy:8080/files/b-1.0.whl","provenance":"https://index.example.net/integrity/b"}]}"""
        },
        {
            "application/json",
            """{"info":{"download_url":"https://code.example.net/b/archive/1.0.tar.gz","home_page":"https://home.example.net","project_urls":{"Download":"https://code.example.net/b.zip"}},"urls":[{"url":"http://proxy:8080/files/b.whl"}]}"""
        },
        {
            "application/json",
            """
            {"name":"a","readme":"# a\n[old](https://files.example.org:443/a.tgz) https://user:secret@index.example.org/a <a href='https://code.example.net/a.zip'>zip</a>","homepage":"https://home.example.net/a.zip",
            "repository":{"type":"git","url":"git+https://code.example.net/a.git"},"bugs":{"url":"https://code.example.net/a/issues"},"license":{"url":"https://home.example.net/LICENSE.tar"},
            "versions":{"1.0.0":{"dist":{"tarball":"http://proxy:8080/npm/a/-/a-1.0.0.tgz","integrity":"sha512-aa=="},"dependencies":{"b":"https://code.example.net/b/archive/c.tar.gz","d":"^1.0.0"},"_resolved":"https://x.example.net/a.tgz"}}}
            """
        },
        {
            "application/json",
            """
            {"version":"3.0.0","resources":[{"@id":"http://proxy:8080/nuget/v3-flatcontainer/","@type":"PackageBaseAddress/3.0.0"},{"@type":"SearchQueryService","@id":"https://search.example.net/query"},
            {"@id":"https://gallery.example.net/api/v2","@type":"LegacyGallery/2.0.0","comment":"c"}],"@context":{"@vocab":"http://schema.example.net/services#"}}
            """
        },
        {
            "application/json",
            """
            {"@id":"http://proxy:8080/nuget/r/a/index.json","items":[{"@id":"http://proxy:8080/nuget/r/a/index.json#page","items":[{"@id":"http://proxy:8080/nuget/r/a/1.0.json","catalogEntry":{"@id":"https://catalog.example.net/a.json",
            "iconUrl":"https://home.example.net/icon.zip","projectUrl":"https://home.example.net","licenseUrl":"https://home.example.net/l"},"packageContent":"http://proxy:8080/nuget/a.1.0.nupkg"}]}]}
            """
        },
        { "application/json", """{"dl":"http://proxy:8080/cargo-files/crates","api":"https://api.example.net"}""" },
        {
            "text/plain",
            """{"name":"a","vers":"1.0.0","deps":[{"name":"b","registry":"https://other.example.net/index"}],"cksum":"ab"}""" + "\n"
                + """{"name":"a","vers":"1.0.1","deps":[]}""" + "\n"
        },
        { "text/plain", "ab12  b-1.0.tar.gz\n" },
    };

    [Theory]
    [MemberData(nameof(HonestIndexes))]
    public void HonestIndex_LeadsNowhere(string type, string text)
    {
        var report = Search(text, type);

        Assert.Null(report.OfARule);
        Assert.Empty(report.Foreign);
    }

    [Fact]
    public void DependenciesByUrl_AreDoubtfulAlone()
    {
        var report = Search(
            """{"versions":{"1":{"dist":{"tarball":"/a.tgz"},"optionalDependencies":{"b":"https://code.example.net/b"}}}}""",
            "application/json");

        Assert.Equal((0, "code.example.net"), (report.Foreign.Count, string.Join(',', report.Doubtful)));
    }

    public static TheoryData<string, string> LeadingTexts => new()
    {
        { "application/json", """{"versions":{"1":{"dist":{"tarball":"https://evil.example.net/a"}}}}""" },
        { "application/octet-stream", """{"dist":{"tarball":"//evil.example.net/a"}}""" },
        { "text/html", """{"dist":{"tarball":"https:\/\/evil.example.net\/a"}}""" },
        { "", "\uFEFF {\"dist\":{\"tarball\":\"https:\\u002f\\u002fevil.example.net/a\"}}" },
        { "application/json", """{"files":[{"url":"https://evil.example.net/a.whl"}]}""" },
        { "application/json", """{"releases":{"1.0":[{"url":"https://evil.example.net/a.whl"}]}}""" },
        { "application/json", """{"resources":[{"@type":["PackageBaseAddress/3.0.0"],"@id":"https://evil.example.net/"}]}""" },
        { "application/json", """{"resources":[{"@ID":"https://evil.example.net/","@TYPE":"registrationsbaseurl/3.6.0"}]}""" },
        { "application/json", """{"items":[{"items":[{"packageContent":"https://evil.example.net/a"}]}]}""" },
        { "application/json", """{"items":[{"@id":"https://evil.example.net/page.json"}]}""" },
        { "text/plain", """{"dl":"https://evil.example.net/{crate}"}""" },
        { "application/json", """{'dist':{'tarball':'https://evil.example.net/a.tgz'}}""" },
        { "application/json", """/* lenient */ {"packageContent":"https://evil.example.net/a.nupkg"}""" },
        { "application/yaml", "entries:\n  a:\n  - urls:\n    - https://evil.example.net/a-1.0.tgz\n" },
        { "application/javascript", "callback({url:'https:\\/\\/evil.example.net\\/a.tgz'})" },
        { "text/xml", """<?xml version="1.0"?><feed><content type="application/zip" src="https://evil.example.net/a.zip"/></feed>""" },
        { "text/xml", """<?xml version="1.0"?><feed><url>https://evil.example.net/a.zip</url></feed>""" },
        { "text/html", """<a href="https://evil.example.net/a.whl">a</a>""" },
        { "text/html", "<a HREF = https://evil.example.net/a.tar.gz>a</a>" },
        { "text/html", """<a title=">" href='https://evil.example.net/a%2ezip/'>a</a>""" },
        { "text/html", """<p>href="</p><a href="//evil.example.net/a.zip?x=1#y">a</a>""" },
        { "text/html", """<a href="https:&#x2f;&#47evil.example.net&sol;a.zip">a</a>""" },
        { "text/html", """<a href="https://evil.example.net/x#egg=a-1.0">a</a>""" },
        { "text/html", """<base href="https://evil.example.net/"><a href="a.whl">a</a>""" },
        { "text/html", """<BASE x='>' href=//evil.example.net><a href="a.whl">a</a>""" },
        { "text/html", "<a href==\"https://evil.example.net/a.whl\">a</a>" },
        { "text/html", "<a hr\0ef=\"https://evil.example.net/a.whl\">a</a>" },
        { "application/xhtml+xml", """{"a":"<a href='https://evil.example.net/a.whl'>"}""" },
        { "text/html", "<a href=\"http://files.example.org/a.whl\">another scheme</a>" },
    };

    [Theory]
    [MemberData(nameof(LeadingTexts))]
    public void TextThatLeadsElsewhere_SaysToWhichHost(string type, string text)
    {
        var report = Search(text, type);

        Assert.Equal(
            text.Contains("files.example.org", StringComparison.Ordinal) ? "files.example.org" : "evil.example.net",
            Assert.Single(report.Foreign));
    }

    [Fact]
    public void HostOfAPackagesName_IsAPackageToPip() =>
        Assert.Equal("evil-1.0.zip", Assert.Single(Search("""<a href="https://evil-1.0.zip/">a</a>""", "text/html").Foreign));

    public static TheoryData<string> SpellingsOfARule =>
    [
        "https:/\\/files.example.org/a", "https:\\\\files.example.org/a", "https:files.example.org/a", "https:///files.example.org/a",
        "https://u:p@files.example.org/a", "https://files.example.org./a",
        "https://files%2eexample.org/a", "ht\ttps://files.exam\nple.org/a", " \u00A0https://files.example.org:443/a",
        "HTTPS://FILES.example.org:0443/a", "https://ｆｉｌｅｓ。example．org/a", "https://fi\u00ADles.example.org/a",
        "\\\\files.example.org/a", "/\\files.example.org/a", "https://rules.example.org/x/../some/%70ath/a",
        "git+https://files.example.org/a",
    ];

    [Theory]
    [MemberData(nameof(SpellingsOfARule))]
    public void SpellingThatIsNotRewritten_IsFoundInJsonAndInPages(string url)
    {
        Assert.NotNull(Search(JsonSerializer.Serialize(new { any = url }), "application/octet-stream").OfARule);
        Assert.NotNull(Search($"<a href=\"{url}\">a</a>", "text/html").OfARule);
    }

    public static TheoryData<string> OthersThanARule =>
    [
        "https://files.example.org.evil.example.net/a", "https://files.example.org@evil.example.net/a", "https://files.example.org:8443/a",
        "https://rules.example.org/other", "https://rules.example.org/some/pathos",
        "https://badge.example.net/?url=https%3A%2F%2Ffiles.example.org%2Fa",
        "http://proxy:8080/files.example.org/",
        "mailto:a@files.example.org",
        "files.example.org/a",
    ];

    [Theory]
    [MemberData(nameof(OthersThanARule))]
    public void OtherLinks_AreNotARules(string url)
    {
        Assert.Null(Search(JsonSerializer.Serialize(new { any = url }), "application/json").OfARule);
        Assert.Null(Search($"<a href=\"{url}\">a</a>", "text/html").OfARule);
    }

    [Fact]
    public void TextsOfSixteenBits_AreReadToo()
    {
        const string Text = """{"dist":{"tarball":"https://files.example.org/a.tgz"}}""";

        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            Assert.NotNull(
                Search([.. encoding.GetPreamble(), .. encoding.GetBytes(Text)], "application/octet-stream", int.MaxValue).OfARule);
            Assert.NotNull(Search(encoding.GetBytes(Text), "application/octet-stream", int.MaxValue).OfARule);
        }
    }

    [Fact]
    public void Metalink_LeadsToAllItsMirrors()
    {
        var report = Search(
            """<?xml version="1.0"?><metalink xmlns="http://www.metalinker.org/"><url type="http"> http://one.example.net/a</url><url>ftp://two.example.net/a</url></metalink>""",
            "application/metalink+xml");

        Assert.Equal(["one.example.net", "two.example.net"], report.Foreign);
    }

    public static TheoryData<string> Paddings =>
        [
            "href" + new string(' ', 100_000) + "= \"",
            "href=" + new string('=', 100_000) + "\"",
            "href=\"" + new string('\n', 100_000),
            new string('x', 100_000) + " href=\"",
            "href=\"https://" + new string('u', 100_000) + "@"];

    [Theory]
    [MemberData(nameof(Paddings))]
    public void Padding_HidesNothing(string beginning)
    {
        var rest = beginning.EndsWith('@') ? "evil.example.net/a.whl\"" : "https://evil.example.net/a.whl\"";

        Assert.Single(Search($"<a {beginning}{rest}>a</a>", "text/html").Foreign);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("application/octet-stream", true)]
    [InlineData("text/html", false)]
    public void BlanksInFront_HideNoForm(string type, bool isJson)
    {
        var blanks = new string(' ', 10_000);
        var text = isJson ? """{"dist":{"tarball":"https://evil.example.net/a"}}""" : """<a href="https://evil.example.net/a.whl">""";

        Assert.Single(Search(blanks + text, type).Foreign);
    }

    [Theory]
    [InlineData(true, "\u001F\b\0compressed")]
    [InlineData(true, "a-1.0/PKG-INFO\0\0\0\0\0\0")]
    [InlineData(false, "a,b\r\n1,\u00FC\r\n")]
    [InlineData(false, "\u001B[31mlog")]
    public void WhatHasControlsInItsBeginning_IsBinary(bool isBinary, string text) =>
        Assert.Equal(isBinary, TextForm.Of(Encoding.Latin1.GetBytes(text), ["application/octet-stream"], isNamedMetalink: false).IsBinary);

    [Fact]
    public void ZerosAlone_AreBinary() =>
        Assert.True(TextForm.Of(new byte[TextForm.FirstBytes], ["application/octet-stream"], isNamedMetalink: false) is { IsBinary: true });

    [Theory]
    [MemberData(nameof(LeadingTexts))]
    public void AnyCut_FindsTheSame(string type, string text)
    {
        foreach (var length in new[] { 1, 2, 3, 7, 64 })
        {
            Assert.Equal(Search(text, type).Foreign, Search(Encoding.UTF8.GetBytes(text), type, length).Foreign);
        }
    }

    [Fact]
    public void NestingWithoutEnd_IsSearchedAsWords()
    {
        var report = Search(string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "\"https://evil.example.net/a.tgz\"", "application/json");

        Assert.Single(report.Foreign);
    }

    private static LinkReport Search(string text, string type) => Search(Encoding.UTF8.GetBytes(text), type, int.MaxValue);

    private static LinkReport Search(byte[] text, string type, int pieces)
    {
        var form = TextForm.Of(
            text.AsSpan(0, Math.Min(text.Length, TextForm.FirstBytes)),
            type.Length == 0 ? [] : [type],
            type.Contains("metalink", StringComparison.Ordinal));
        var search = new LinkSearch(Hosts, form);
        for (var at = 0; at < text.Length; at += Math.Min(pieces, text.Length - at))
        {
            search.Write(text.AsSpan(at, Math.Min(pieces, text.Length - at)));
        }

        search.Finish();
        return search.Report;
    }
}
