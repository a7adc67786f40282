using KestrelListenOptions = Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions;

namespace ClamProxy.Configuration;

/// <summary>Which listeners speak ICAP: Kestrel itself calls all of them http.</summary>
internal sealed class IcapListeners
{
    private readonly List<KestrelListenOptions> _all = [];

    public void Add(KestrelListenOptions listener) => _all.Add(listener);

    /// <summary>Whether one of them listens on a port, once they all do.</summary>
    public bool HavePort(int port) => _all.Exists(listener => listener.IPEndPoint?.Port == port);
}
