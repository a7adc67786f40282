using System.Net;
using ClamProxy.Access;

namespace ClamProxy.Doors.ExtProc;

/// <summary>Who may open streams.</summary>
internal sealed class ExtProcAccess(ExtProcOptions options, AccessOptions access)
{
    private readonly LendingProxies _proxies = new(options.Clients, access);

    public bool IsFor(IPAddress? peer) => _proxies.Have(peer);
}
