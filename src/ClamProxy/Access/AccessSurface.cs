namespace ClamProxy.Access;

/// <summary>What access is requested to.</summary>
internal enum AccessSurface
{
    None = 0,
    Proxy,
    Management,
    Api,
}
