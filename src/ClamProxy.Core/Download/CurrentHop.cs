namespace ClamProxy.Core.Download;

/// <summary>Which server of a chain of redirects is waited for.</summary>
internal sealed class CurrentHop(Target first)
{
    public static readonly HttpRequestOptionsKey<CurrentHop> Key = new("ClamProxy.CurrentHop");

    private volatile Target _target = first;

    public Target Target => _target;

    public void Begin(Target target) => _target = target;
}
