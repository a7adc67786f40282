namespace ClamProxy.Core.Admission;

/// <summary>What came of asking a <see cref="SharedRoom"/> for more.</summary>
public enum RoomOutcome
{
    /// <summary>All of it is taken.</summary>
    Full = 0,

    /// <summary>There is room, but not for this client, which has its share of it.</summary>
    ShareIsFull,

    /// <summary>The client has it now, and gives it back.</summary>
    Taken,
}
