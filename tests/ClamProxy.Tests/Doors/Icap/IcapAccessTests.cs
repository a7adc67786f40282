using System.Net;
using ClamProxy.Access;
using ClamProxy.Doors.Icap;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>Who may use ICAP.</summary>
public sealed class IcapAccessTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.7", true)]
    [InlineData("192.0.2.8", false)]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.2.2.3", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db9::1", false)]
    public void Client_IsThisMachineOrListed(string client, bool isLetIn)
    {
        var access = new IcapAccess(
            new IcapOptions { Clients = ["192.0.2.7", "2001:db8::/32"] }, new AccessOptions { TrustedClients = ["10.1.0.0/16"] });

        Assert.Equal(isLetIn, access.IsFor(new IPEndPoint(IPAddress.Parse(client), 1)));
    }

    [Fact]
    public void UnknownPeer_IsNotLetIn() => Assert.False(new IcapAccess(new(), new()).IsFor(null));
}
