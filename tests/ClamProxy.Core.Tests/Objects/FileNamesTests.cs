using System.Text;
using ClamProxy.Core.Objects;

namespace ClamProxy.Core.Tests.Objects;

public sealed class FileNamesTests
{
    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\x\\report.pdf", "report.pdf")]
    [InlineData("/", "file")]
    [InlineData("", "file")]
    [InlineData(null, "file")]
    [InlineData("..", "file")]
    [InlineData(" . ", "file")]
    [InlineData("a\0b\r\nSet-Cookie: x", "abSet-Cookie: x")]
    [InlineData("exe.\u202Efdp", "exe.fdp")]
    [InlineData("日本 „x“.zip", "日本 „x“.zip")]
    [InlineData("a\uFFFEb\uFDD0c", "abc")]
    [InlineData("a\ud800b", "ab")]
    public void Name_IsItsLastPlainPart(string? name, string plain) => Assert.Equal(plain, FileNames.Plain(name));

    [Fact]
    public void LongName_KeepsItsExtensionAndWholeCharacters()
    {
        var name = FileNames.Plain(new string('日', 200) + ".tar.gz");

        Assert.EndsWith("日.gz", name, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 250, FileNames.MaxBytes);
    }

    [Fact]
    public void LongExtension_IsCutToo() => Assert.Equal(255, FileNames.Plain("a." + new string('b', 400)).Length);

    [Theory]
    [InlineData("processed", "id_a", "processed/id_a")]
    [InlineData("quarantine", "in/id_a", "quarantine/id_a")]
    [InlineData("", "processed/id_a", "id_a")]
    public void Area_TakesThePlaceOfWhatStoodBeforeTheName(string area, string key, string expected) =>
        Assert.Equal(expected, ObjectKey.In(area, key));

    [Fact]
    public void Key_IsOneFileName() =>
        Assert.True(Encoding.UTF8.GetByteCount(ObjectKey.Of(Guid.NewGuid().ToString(), new string('日', 300))) <= 255);
}
