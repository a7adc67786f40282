using System.Buffers.Binary;
using System.Text;
using ClamProxy.Core.Uploads;

namespace ClamProxy.Core.Tests.Uploads;

/// <summary>
/// Which files a body is a container of, and which bodies are refused since receivers would take other files out of them.
/// </summary>
public sealed class UploadPartsTests
{
    private const string Form = "multipart/form-data; boundary=x";
    private const string Head = "\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nContent-Type: application/x\r\n\r\n";

    [Theory]
    [InlineData($"--x{Head}one\r\n--x{Head}two\r\nlines\r\n\r\n--x--\r\n", "boundary=\"x\"")]
    [InlineData($"preamble\r\n--x\r\n\r\none\r\n--x{Head}two\r\nlines\r\n\r\n--x--", "boundary=x; charset=utf-8")]
    public async Task Form_EachPartIsWhatIsBehindItsHead(string body, string parameters) =>
        Assert.Equal(["one", "two\r\nlines\r\n"], await FindAsync(body, $"multipart/form-data; {parameters}"));

    [Theory]
    [InlineData($"--x{Head}gzip\n--x\r\n\r\nrest\r\n--x--")]
    [InlineData($"--x{Head}gzip\r--x\r\n\r\nrest\r\n--x--")]
    [InlineData($"--x{Head}gzip\r\n--xzz\r\n\r\nrest\r\n--x--")]
    [InlineData($"--x{Head}gzip\r\n--x \r\n\r\nrest\r\n--x--")]
    [InlineData($"--x{Head}one\r\n--x--zz")]
    [InlineData($"--x{Head}one\r\n--x--\r\n--x{Head}two\r\n--x--")]
    [InlineData($"--x{Head}one")]
    [InlineData("--x\nA: b\n\none\n--x--\n")]
    [InlineData("--x\r\nA: b\n\r\ngzip\r\n--x--")]
    [InlineData("--x\r\nA: b\n\nC: d\r\n\r\ngzip\r\n--x--")]
    [InlineData("--x\r\nA: b\rC: d\r\n\r\ngzip\r\n--x--")]
    [InlineData("--x\r\nA: b\r\n--x--")]
    [InlineData("--x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ngzip\r\n--x--")]
    [InlineData("--x\r\ncontent-transfer-encoding : base64\r\n\r\ngzip\r\n--x--")]
    [InlineData("nothing of the kind")]
    public async Task FormThatReceiversCutDifferently_IsRefused(string body) =>
        await Assert.ThrowsAsync<UnreadableBodyException>(() => FindAsync(body, Form));

    [Fact]
    public async Task HeadThatIsLong_IsRefused() => await Assert.ThrowsAsync<UnreadableBodyException>(
        () => FindAsync($"--x\r\nA: {new string('b', 70_000)}\r\n\r\ngzip\r\n--x--", Form));

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"a\\\"b\"")]
    [InlineData("multipart/form-data; boundary=a; boundary=b")]
    [InlineData("multipart/form-data; boundary*0=a; boundary*1=b")]
    [InlineData("multipart/form-data; boundary=a; boundary*=utf-8''b")]
    [InlineData("multipart/form-data; boundary=,a")]
    [InlineData("text/plain, multipart/form-data; boundary=a")]
    [InlineData("multipart/form-data; boundary=\"a b\"")]
    [InlineData("application/json; charset=utf-7")]
    [InlineData("application/json; charset=utf-8; charset=utf-7")]
    public async Task TypeThatReceiversReadDifferently_IsRefused(string contentType) =>
        await Assert.ThrowsAsync<UnreadableBodyException>(() => FindAsync("{}", contentType));

    [Fact]
    public async Task BoundaryThatIsTooLong_IsRefused() => await Assert.ThrowsAsync<UnreadableBodyException>(
        () => FindAsync("{}", $"multipart/form-data; boundary={new string('a', 201)}"));

    [Fact]
    public async Task TwoTypes_AreRefused() =>
        await Assert.ThrowsAsync<UnreadableBodyException>(() => FindAsync("{}", "multipart/form-data", "x; boundary=x"));

    [Fact]
    public async Task JsonBehindManyBlanks_IsRead() => Assert.Equal(
        ["QUJD"], await FindAsync(new string(' ', 9000) + "{\"_attachments\":{\"a\":{\"data\":\"QUJD\"}}}", "application/octet-stream"));

    [Theory]
    [InlineData("{\"name\":\"a\"}")]
    [InlineData(" {\"name\":\"a\"} ")]
    public async Task CrateOfCargo_IsFound(string json) => Assert.Equal(["crate"], await FindAsync(Cargo(json, "crate")));

    [Fact]
    public async Task TextBehindCargosJson_IsRefused() =>
        await Assert.ThrowsAsync<UnreadableBodyException>(() => FindAsync(Cargo("{\"name\":\"a\"}hidden", "crate")));

    private static string Cargo(string json, string crate) => $"{Length(json)}{json}{Length(crate)}{crate}";

    private static string Length(string text)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, text.Length);
        return Encoding.Latin1.GetString(bytes);
    }

    private static async Task<List<string>> FindAsync(string body, params string[] contentTypes)
    {
        var bytes = Encoding.Latin1.GetBytes(body);
        using var reader = new PieceReader(bytes, 1000);
        var found = new List<string>();
        await foreach (var part in UploadParts.FindAsync(reader, contentTypes, TestContext.Current.CancellationToken))
        {
            found.Add(Encoding.Latin1.GetString(bytes, (int)part.Start, (int)part.Length));
        }

        return found;
    }
}
