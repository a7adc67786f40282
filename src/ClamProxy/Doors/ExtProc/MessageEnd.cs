namespace ClamProxy.Doors.ExtProc;

/// <summary>What became of a message, for metrics and traces.</summary>
internal enum MessageEnd
{
    /// <summary>There was no verdict: it did not pass.</summary>
    Failed = 0,

    /// <summary>It has no body, and passed.</summary>
    NoBody,

    /// <summary>It passed without its body being shown (mode NONE).</summary>
    Unseen,

    /// <summary>It is clean, or a policy released it.</summary>
    Passed,

    /// <summary>It is not clean.</summary>
    Refused,

    /// <summary>It cannot be scanned as Envoy sends it.</summary>
    Unusable,

    /// <summary>Envoy left before there was an answer.</summary>
    Left,
}
