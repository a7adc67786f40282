using ClamProxy.Rewriting;

namespace ClamProxy.Tests.Rewriting;

public sealed class TextTypesTests
{
    [Theory]
    [InlineData(true, "text/html; charset=UTF-8")]
    [InlineData(true, "application/xhtml+xml")]
    [InlineData(true, "application/json")]
    [InlineData(true, "application/vnd.pypi.simple.v1+json")]
    [InlineData(true, "application/vnd.pypi.simple.v1+html")]
    [InlineData(true, "application/vnd.npm.install-v1+json; charset=utf-8")]
    [InlineData(true, " TEXT/Plain ;x=y")]
    [InlineData(true, "text/xml")]
    [InlineData(true, "application/xml")]
    [InlineData(true, "application/atom+xml")]
    [InlineData(true, "application/octet-stream, text/html")]
    [InlineData(true, "application/octet-stream", "text/html")]
    [InlineData(false, "application/octet-stream")]
    [InlineData(false, "application/javascript")]
    [InlineData(false, "text/css")]
    [InlineData(false, "application/zip; name=text/html")]
    [InlineData(false, "")]
    [InlineData(false)]
    public void Types_AreThoseThatLinksAreLookedForIn(bool isText, params string[] types) => Assert.Equal(isText, TextTypes.HasOne(types));

    [Theory]
    [InlineData(true, "text/html; charset=utf-16")]
    [InlineData(true, "text/html;Charset = \"UTF-16LE\"")]
    [InlineData(true, "text/html; x=y; charset='utf-32'")]
    [InlineData(true, "text/html; charset=utf-7")]
    [InlineData(true, "text/html; charset=unicode")]
    [InlineData(true, "text/html; charset=utf_16_le")]
    [InlineData(true, "text/html; charset=cp500")]
    [InlineData(true, "text/html; charset=unicode_escape")]
    [InlineData(true, "text/html; charset*=utf-8''utf-7")]
    [InlineData(false, "text/html; charset=utf-8")]
    [InlineData(false, "text/html; charset=iso-8859-1")]
    [InlineData(false, "text/html")]
    public void WideCharsets_AreKnown(bool isWide, string type) => Assert.Equal(isWide, TextTypes.HasWideCharset([type]));
}
