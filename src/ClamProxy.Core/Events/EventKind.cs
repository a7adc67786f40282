namespace ClamProxy.Core.Events;

/// <summary>What targets may be told of.</summary>
public enum EventKind
{
    /// <summary>A content was not delivered: infected, unscannable, or blocked by the operator.</summary>
    Refused = 0,

    /// <summary>A content that was delivered turned out to be infected.</summary>
    DetectedLate,

    /// <summary>An operator asks whether events arrive at a target: that one gets it, whatever else it is told of.</summary>
    Test,
}
