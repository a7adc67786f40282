using System.Net;
using ClamProxy.Access;
using ClamProxy.Doors.ExtProc;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>Who may open streams.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.8", false)]
    [InlineData("198.51.100.1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData(null, false)]
    public void Stream_IsForThisMachineAndThoseThatAreNamed(string? peer, bool isLetIn)
    {
        var access = new ExtProcAccess(
            new ExtProcOptions { Clients = ["10.1.0.0/16", "192.0.2.7"] }, new AccessOptions { TrustedClients = ["198.51.100.0/24"] });

        Assert.Equal(isLetIn, access.IsFor(peer is null ? null : IPAddress.Parse(peer)));
    }

    [Fact]
    public void Clients_ThatAreNoNetworks_StopTheStart()
    {
        var (application, problems) = ProxyApplication.Build(["--DOORS=ext-proc", "--EXT_PROC_CLIENTS=envoy.example"]);

        Assert.Null(application);
        Assert.Contains(problems, problem => problem.Contains("EXT_PROC_CLIENTS", StringComparison.Ordinal));
    }
}
