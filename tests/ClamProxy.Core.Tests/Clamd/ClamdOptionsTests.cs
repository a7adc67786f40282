using ClamProxy.Core.Clamd;

namespace ClamProxy.Core.Tests.Clamd;

public sealed class ClamdOptionsTests
{
    [Theory]
    [InlineData(0, 8, 1, 2)]
    [InlineData(0, 8, 2, 2)]
    [InlineData(0, 8, 4, 4)]
    [InlineData(0, 8, 64, 6)]
    [InlineData(0, 3, 4, 1)]
    [InlineData(0, 1, 4, 1)]
    [InlineData(5, 8, 2, 5)]
    public void LargeScans_AreAsManyAsCoresUnlessTold(int told, int all, int cores, int large) =>
        Assert.Equal(large, new ClamdOptions { MaxLargeScansPerHost = told, MaxScansPerHost = all }.LargeScans(cores));
}
