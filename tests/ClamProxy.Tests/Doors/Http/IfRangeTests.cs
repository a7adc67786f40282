using ClamProxy.Ranges;

namespace ClamProxy.Tests.Doors.Http;

public sealed class IfRangeTests
{
    private const string Date = "Thu, 20 Nov 2025 08:00:00 GMT";

    [Theory]
    [InlineData(null, true)]
    [InlineData("\"v1\"", true)]
    [InlineData("\"v2\"", false)]
    [InlineData("W/\"v1\"", false)]
    [InlineData(Date, true)]
    [InlineData("Thursday, 20-Nov-25 08:00:00 GMT", true)]
    [InlineData("Thu Nov 20 08:00:00 2025", true)]
    [InlineData("Thu, 20 Nov 2025 08:00:01 GMT", false)]
    [InlineData("Thu, 20 Nov 2025 07:59:59 GMT", false)]
    [InlineData("\"", false)]
    [InlineData("v1", false)]
    [InlineData("*", false)]
    [InlineData("", false)]
    [InlineData("nonsense", false)]
    public void Validator_HoldsOnlyWhenItIsThisCopys(string? field, bool holds) =>
        Assert.Equal(holds, IfRange.Holds(field, "\"v1\"", Date));

    [Fact]
    public void WeakTagOfUpstream_NeverHolds() => Assert.False(IfRange.Holds("W/\"v1\"", "W/\"v1\"", null));

    [Fact]
    public void FileWithoutValidators_NeverHolds()
    {
        Assert.False(IfRange.Holds("\"v1\"", null, null));
        Assert.False(IfRange.Holds(Date, null, null));
        Assert.False(IfRange.Holds("nonsense", null, "rubbish"));
    }
}
