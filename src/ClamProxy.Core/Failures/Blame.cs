namespace ClamProxy.Core.Failures;

/// <summary>Whose fault a failure is.</summary>
public enum Blame
{
    Ourselves = 0,
    Client,
    Upstream,
    Scanner,
    Capacity,
}
