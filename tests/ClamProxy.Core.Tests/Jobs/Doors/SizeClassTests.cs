using ClamProxy.Core.Jobs.Doors;

namespace ClamProxy.Core.Tests.Jobs.Doors;

public sealed class SizeClassTests
{
    [Theory]
    [InlineData(0, "tiny_lt1k")]
    [InlineData(1023, "tiny_lt1k")]
    [InlineData(1024, "small_1k_100k")]
    [InlineData(102_400, "medium_100k_1m")]
    [InlineData(1 << 20, "large_1m_100m")]
    [InlineData(100L << 20, "xlarge_100m_1g")]
    [InlineData(1L << 30, "huge_1g_10g")]
    [InlineData(10L << 30, "massive_gt10g")]
    public void Size_HasItsClass(long bytes, string name) => Assert.Equal(name, SizeClass.Of(bytes));
}
