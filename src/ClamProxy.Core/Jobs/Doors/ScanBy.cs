namespace ClamProxy.Core.Jobs.Doors;

/// <summary>Who scans what the doors of a process take.</summary>
public enum ScanBy
{
    /// <summary>Its own scanners.</summary>
    Self = 0,

    /// <summary>Workers in other processes.</summary>
    Workers,
}
