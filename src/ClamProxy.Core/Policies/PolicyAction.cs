namespace ClamProxy.Core.Policies;

/// <summary>What to do with a file that could not be scanned completely.</summary>
public enum PolicyAction
{
    /// <summary>It is refused.</summary>
    Block = 0,

    /// <summary>It is delivered all the same, marked, counted and logged.</summary>
    Pass,
}
