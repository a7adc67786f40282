using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>The one table of what is made to fail, and how.</summary>
internal static class Faults
{
    public static Fault Of(Component component, FaultKind kind, World world) => component switch
    {
        Component.EveryClamd => ClamdFaults.Of(kind, isEvery: true, world),
        Component.OneOfTwoClamds => ClamdFaults.Of(kind, isEvery: false, world),
        Component.Redis => RedisFaults.Of(kind),
        Component.Upstream => UpstreamFaults.Of(kind),
        Component.Disk => DiskFaults.Of(kind, world),
        Component.Client => ClientFaults.Of(kind),
        Component.ClamProxy => ProxyFaults.Of(kind),
    };
}
