using System.Net;
using ClamProxy.Access;

namespace ClamProxy.Doors.Icap;

/// <summary>Who may connect: ICAP has no credentials.</summary>
internal sealed class IcapAccess(IcapOptions options, AccessOptions access)
{
    private readonly LendingProxies _proxies = new(options.Clients, access);

    public bool IsFor(EndPoint? peer) => _proxies.Have((peer as IPEndPoint)?.Address);
}
