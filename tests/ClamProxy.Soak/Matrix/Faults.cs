using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>The one table of what is made to fail, and how.</summary>
internal static class Faults
{
    /// <summary>Reads which of them are meant: none named, all; a component; or one fault of it.</summary>
    /// <returns>Null where there is no such component or fault.</returns>
    public static Func<Component, FaultKind, bool>? Parse(string[] which) => which switch
    {
        [] => (_, _) => true,
        [var component] when Enum.TryParse<Component>(component, ignoreCase: true, out var chosen) => (one, _) => one == chosen,
        [var component, var kind] when Enum.TryParse<Component>(component, ignoreCase: true, out var chosen)
            && Enum.TryParse<FaultKind>(kind, ignoreCase: true, out var fault) =>
            (one, other) => (one, other) == (chosen, fault),
        _ => null,
    };

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
