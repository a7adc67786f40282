namespace ClamProxy.Configuration;

/// <summary>A way into this process.</summary>
public enum Door
{
    None = 0,

    /// <summary>The caching reverse proxy.</summary>
    Proxy,

    /// <summary>The scan API.</summary>
    Api,

    /// <summary>Other proxies lend messages, by ICAP.</summary>
    Icap,

    /// <summary>No port: takes jobs.</summary>
    Worker,

    /// <summary>No port: scans what arrives in buckets.</summary>
    Buckets,

    /// <summary>Envoy's external processing.</summary>
    ExtProc,
}
