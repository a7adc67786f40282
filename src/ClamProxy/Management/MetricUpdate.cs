namespace ClamProxy.Management;

/// <summary>What a measurement does to the value that is kept.</summary>
internal enum MetricUpdate
{
    /// <summary>It is added: counters, up-down counters.</summary>
    Add = 0,

    /// <summary>It takes the value's place: gauges that are set.</summary>
    Set,

    /// <summary>It takes the value's place and holds only until the next observation.</summary>
    Observe,
}
