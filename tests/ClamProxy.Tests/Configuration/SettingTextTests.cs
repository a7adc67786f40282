using ClamProxy.Configuration;

namespace ClamProxy.Tests.Configuration;

public sealed class SettingTextTests
{
    [Theory]
    [InlineData("24:00:00", 86_400)]
    [InlineData("48:30:00.5", 174_600.5)]
    [InlineData("0:00:01", 1)]
    [InlineData("1.00:00:00", 86_400)]
    [InlineData("90", 90)]
    [InlineData("0.25", 0.25)]
    [InlineData("500ms", 0.5)]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("24H", 86_400)]
    [InlineData("1 d", 86_400)]
    public void Duration_IsReadAsOperatorsMeanIt(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), DurationText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("24:00")]
    [InlineData("00:60:00")]
    [InlineData("1w")]
    [InlineData("1e3")]
    [InlineData("Infinity")]
    [InlineData("99999999999999d")]
    [InlineData("90s\n")]
    public void TextThatIsNoDuration_IsRefused(string text) => Assert.Null(DurationText.Parse(text));

    [Theory]
    [InlineData("24:00:00")]
    [InlineData("100:00:01")]
    [InlineData("00:00:00.250")]
    public void Duration_IsWrittenAsItIsRead(string text) => Assert.Equal(text, DurationText.Format(DurationText.Parse(text)!.Value));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("65536", 65_536)]
    [InlineData("64K", 65_536)]
    [InlineData("10m", 10_485_760)]
    [InlineData("2GiB", 2_147_483_648)]
    [InlineData("1 KB", 1_024)]
    public void Size_IsRead(string text, long bytes) => Assert.Equal(bytes, SizeText.Parse(text));

    [Theory]
    [InlineData("1.5G")]
    [InlineData("10T")]
    [InlineData("M")]
    [InlineData("0x10")]
    [InlineData("9223372036854775808")]
    [InlineData("9007199254740992K")]
    public void TextThatIsNoSize_IsRefused(string text) => Assert.Null(SizeText.Parse(text));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1000, "1000")]
    [InlineData(65_536, "64K")]
    [InlineData(2_147_483_648, "2G")]
    public void Size_IsWrittenShortAndExact(long bytes, string text) => Assert.Equal(text, SizeText.Format(bytes));
}
