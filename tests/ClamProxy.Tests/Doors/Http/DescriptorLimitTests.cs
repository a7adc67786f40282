using ClamProxy.Connections;

namespace ClamProxy.Tests.Doors.Http;

public sealed class DescriptorLimitTests
{
    private const string Head = "Limit                     Soft Limit           Hard Limit           Units     \nMax cpu time             "
        + " unlimited            unlimited            seconds   \n";

    [Theory]
    [InlineData("Max open files            1024                 524288               files     \n", 256)]
    [InlineData("Max open files            3                    3                    files     \n", 1)]
    [InlineData("Max open files            unlimited            unlimited            files     \n", int.MaxValue)]
    [InlineData("Max open files            9223372036854775807  9223372036854775807  files     \n", int.MaxValue)]
    [InlineData("", int.MaxValue)]
    public void Limit_HasRoomForAQuarterAsManyConnections(string line, int connections) =>
        Assert.Equal(connections, DescriptorLimit.Of(Head + line));

    [Fact]
    public void ThisProcess_HasRoomForSome() => Assert.InRange(DescriptorLimit.Connections, 1, int.MaxValue);
}
