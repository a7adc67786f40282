using ClamProxy.Core.Compression;
using ClamProxy.Core.Messages;

namespace ClamProxy.Core.Tests.Messages;

/// <summary>What the head of a lent message says.</summary>
public sealed class LentMessageTests
{
    [Theory]
    [InlineData("http://example.org/a/b.zip?token=1#x", "http://example.org/a/b.zip")]
    [InlineData("https://user:secret@example.org:8443/a@b", "https://example.org:8443/a@b")]
    [InlineData("http://user@example.org", "http://example.org")]
    [InlineData("/path?query", "/path")]
    [InlineData("*", "*")]
    public void Name_HasNeitherQueryNorCredentials(string location, string name) =>
        Assert.Equal(name, new LentMessage("GET", location, []).Name);

    [Theory]
    [InlineData("", true, null)]
    [InlineData("12", true, 12L)]
    [InlineData("12,12", true, 12L)]
    [InlineData("12,13", false, 12L)]
    [InlineData("+12", false, null)]
    [InlineData("12 ", true, 12L)]
    [InlineData("0x12", false, null)]
    [InlineData("99999999999999999999", false, null)]
    [InlineData("-1", false, null)]
    public void Length_IsOneNumberOrNone(string value, bool isRight, long? expected)
    {
        var message = new LentMessage("PUT", "/", value.Length == 0 ? [] : [new("content-length", value)]);

        Assert.Equal(isRight, message.TryReadLength(out var length));
        Assert.Equal(expected, length);
    }

    [Fact]
    public void Codings_AreThoseOfTheBodysOwnHeadWithTransferCodingsButChunked()
    {
        var message = new LentMessage("GET", "/", [new("Content-Encoding", "br")])
        {
            Status = 200,
            AnswerFields = [new("Content-Encoding", "gzip"), new("Transfer-Encoding", "deflate, chunked")],
        };

        Assert.Equal([Coding.Gzip, Coding.Deflate], message.Codings.Layers);
        Assert.Equal([Coding.Brotli], (message with { Status = null }).Codings.Layers);
        Assert.True((message with { AnswerFields = [new("Transfer-Encoding", "chunked")] }).Codings.AreNone);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=abc", "abc")]
    [InlineData("Multipart/Form-Data;charset=x; Boundary = \"a b\"; x=y", "a b")]
    [InlineData("multipart/mixed; boundary=abc; boundary=\"def\"", "abc def")]
    [InlineData("multipart/form-data; boundary=abc, multipart/form-data; boundary=def", "abc def")]
    [InlineData("multipart/form-data; boundary=", "")]
    [InlineData("multipart/form-data", "")]
    [InlineData("text/plain; boundary=abc", "")]
    public void Boundaries_AreAllThatAReceiverMightGoBy(string contentType, string boundaries) =>
        Assert.Equal(
            boundaries,
            string.Join(' ', new LentMessage("POST", "/", [new("Content-Type", contentType)]).Boundaries));
}
