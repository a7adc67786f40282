using System.Text.Json.Serialization;

namespace ClamProxy.Doors.Api.Monitoring;

/// <summary>One scanner.</summary>
/// <param name="Host">Its host; the path of a unix socket.</param>
/// <param name="Port">Its port; 0: a unix socket.</param>
/// <param name="Busy">Scans that it is busy with.</param>
/// <param name="AverageTime">Seconds that its scans take; a moving average.</param>
/// <param name="Count">Scans that it gave an answer to.</param>
/// <param name="Failures">Scans in a row that got no answer.</param>
/// <param name="LastFailure">When the last of these was, in seconds since 1970; 0: the last scan got its answer.</param>
internal sealed record MonitorScanner(
    string Host,
    int Port,
    int Busy,
    [property: JsonPropertyName("avg_time")] double AverageTime,
    long Count,
    int Failures,
    [property: JsonPropertyName("last_failure")] double LastFailure);
