using ClamProxy.Ranges;

namespace ClamProxy.Tests.Doors.Http;

public sealed class RangeFieldTests
{
    [Theory]
    [InlineData("bytes=0-0", "0+1")]
    [InlineData("bytes=0-9", "0+10")]
    [InlineData("bytes=0-99", "0+10")]
    [InlineData("bytes=3-", "3+7")]
    [InlineData("bytes=-3", "7+3")]
    [InlineData("bytes=-99", "0+10")]
    [InlineData("BYTES=1-2", "1+2")]
    [InlineData("bytes=0-1, 4-5", "0+2 4+2")]
    [InlineData("bytes= 0 - 1 , 4 -", "0+2 4+6")]
    [InlineData("bytes=0-1,,\t4-5,", "0+2 4+2")]
    [InlineData("bytes=5-6,0-1", "5+2 0+2")]
    [InlineData("bytes=0-1,50-60", "0+2")]
    [InlineData("bytes=0-99999999999999999999999", "0+10")]
    [InlineData("bytes=10-", "")]
    [InlineData("bytes=99999999999999999999999-", "")]
    [InlineData("bytes=-99999999999999999999999", "0+10")]
    [InlineData("bytes=2-1,3-4", "3+2")]
    [InlineData("bytes=2-1", "")]
    [InlineData("bytes=-0", "")]
    [InlineData("bytes=10-12,-0", "")]
    [InlineData("bytes=,", "")]
    [InlineData("bytes=-", "")]
    [InlineData("bytes=a-b", "")]
    [InlineData("bytes=0-1,a-b", "")]
    [InlineData("bytes=1-2-3", "")]
    [InlineData("bytes=1 2-3", "")]
    [InlineData("bytes=- 1", "")]
    [InlineData("bytes=1\t-2", "")]
    [InlineData("bytes=+1-2", "")]
    [InlineData("bytes=0x1-2", "")]
    [InlineData("bytes=--1", "")]
    [InlineData("bytes=1", "")]
    [InlineData("items=0-1", null)]
    [InlineData("bytes =0-1", null)]
    [InlineData("bytes", null)]
    [InlineData("bytes=", null)]
    [InlineData("", null)]
    [InlineData("bytes=0-,0-", null)]
    [InlineData("bytes=0-0,1-1,2-2,3-3,4-4", null)]
    [InlineData("bytes=0-0,1-1,2-2,3-3,90-91,92-93", "0+1 1+1 2+1 3+1")]
    public void Field_IsReadAgainstTenBytes(string field, string? expected)
    {
        var ranges = RangeField.Parse(field, fileLength: 10, mostRanges: 4);

        Assert.Equal(expected, ranges is null ? null : string.Join(' ', ranges.Select(range => $"{range.Start}+{range.Length}")));
    }

    [Theory]
    [InlineData("bytes=0-", null)]
    [InlineData("bytes=0-0", null)]
    [InlineData("bytes=-1", null)]
    [InlineData("bytes=-0", null)]
    [InlineData("bytes=1-", "")]
    [InlineData("bytes=1-,0-", null)]
    public void EmptyFile_IsSentWholeToWhoAsksForItsBeginning(string field, string? expected) =>
        Assert.Equal(expected, RangeField.Parse(field, 0, 4) is { } ranges ? string.Concat(ranges) : null);
}
