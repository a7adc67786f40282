using ClamProxy.Doors.Http.Requests;

namespace ClamProxy.Tests.Doors.Http;

public sealed class ViaLoopTests
{
    [Fact]
    public void OwnName_IsKnownAgain()
    {
        var via = new ViaLoop();

        Assert.False(via.IsClosedBy("1.1 nginx, 1.1 clamproxy-00000000"));
        Assert.True(via.IsClosedBy(via.Extend("1.1 nginx", "HTTP/1.1")));
        Assert.True(via.IsClosedBy(via.Extend(null, "HTTP/2") + ", 1.1 other (comment)"));
    }

    [Fact]
    public void AnotherProcess_IsNoLoop() => Assert.False(new ViaLoop().IsClosedBy(new ViaLoop().Extend(null, "HTTP/1.1")));

    [Fact]
    public void SeventeenHops_AreALoop() => Assert.True(new ViaLoop().IsClosedBy(string.Join(',', Enumerable.Repeat("1.1 x", 17))));

    [Fact]
    public void Version_IsTheReceivedProtocols() =>
        Assert.StartsWith("2 clamproxy-", new ViaLoop().Extend("", "HTTP/2"), StringComparison.Ordinal);
}
