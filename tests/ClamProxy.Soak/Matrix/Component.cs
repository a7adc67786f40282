namespace ClamProxy.Soak.Matrix;

/// <summary>What has a bad day.</summary>
internal enum Component
{
    EveryClamd,
    OneOfTwoClamds,
    Redis,
    Upstream,
    Disk,
    Client,
    ClamProxy,
}
