using ClamProxy.Tracking;

namespace ClamProxy.Doors.ExtProc;

/// <summary>What every transaction needs.</summary>
/// <param name="RetryAfter">What a 503 says when to come back.</param>
internal sealed record TransactionParts(
    BodyJudge Judge,
    BufferRoom Room,
    ExtProcOptions Options,
    ExtProcReport Report,
    RequestTracker Tracker,
    TimeProvider Clock,
    TimeSpan RetryAfter);
