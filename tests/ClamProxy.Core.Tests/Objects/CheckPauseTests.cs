using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Tests.Objects;

public sealed class CheckPauseTests
{
    [Theory]
    [InlineData(0, 60)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 8)]
    [InlineData(5, 10)]
    [InlineData(1_000_000, 10)]
    public void StoreThatFails_IsAskedSoonAndThenLessOften(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), CheckPause.After(failures, TimeSpan.FromMinutes(1)));
}
