namespace ClamProxy.Dashboard.Live;

/// <summary>How things were in one interval. NaN: nothing can be said.</summary>
/// <param name="Requests">Requests a second.</param>
/// <param name="Refused">Refusals.</param>
/// <param name="Failed">Requests that failed without a verdict.</param>
/// <param name="Hits">The part of contents that came from the store, 0 to 100.</param>
/// <param name="Median">Half of the requests took no longer, in milliseconds.</param>
/// <param name="Slow">95 of 100 took no longer.</param>
/// <param name="Slowest">99 of 100 took no longer.</param>
/// <param name="Bytes">Bytes sent a second.</param>
/// <param name="Scans">Scans that scanners were busy with.</param>
/// <param name="Waiting">Scans that waited for a scanner.</param>
/// <param name="Spool">Bytes in the spool.</param>
/// <param name="Store">Bytes in the store.</param>
internal readonly record struct Sample(
    float Requests,
    float Refused,
    float Failed,
    float Hits,
    float Median,
    float Slow,
    float Slowest,
    float Bytes,
    float Scans,
    float Waiting,
    float Spool,
    float Store);
