namespace ClamProxy.TestKit;

/// <summary>What a <see cref="FlakyRelay"/> does with the bytes that come from its target, unless a mode says otherwise.</summary>
public enum RelayMode
{
    /// <summary>Passes them on.</summary>
    Pass = 0,

    /// <summary>Passes the first 512 of each piece on one at a time, each in a segment of its own.</summary>
    Tear,

    /// <summary>Takes everything and passes nothing on, either way, until the mode changes.</summary>
    Hang,

    /// <summary>Passes half of the next answer on, then resets the connection.</summary>
    ResetMidway,

    /// <summary>Replaces every answer by bytes that are no protocol's.</summary>
    Garble,

    /// <summary>Passes them on 16 KiB at a time, 30 ms after each other.</summary>
    Slow,

    /// <summary>Passes what goes to the target on one byte at a time (the first 512 of each piece), and the answers as they come.</summary>
    TearRequests,

    /// <summary>Passes what goes to the target on, and none of its answers: see <see cref="FlakyRelay.LoseAnswers"/>.</summary>
    LoseAnswers,
}
