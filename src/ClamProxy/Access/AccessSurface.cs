namespace ClamProxy.Access;

/// <summary>What is asked to be let in to.</summary>
internal enum AccessSurface
{
    None = 0,
    Proxy,
    Management,
}
