namespace ClamProxy.Doors.ExtProc;

/// <summary>One of the two messages of a transaction.</summary>
internal enum Direction
{
    None = 0,

    /// <summary>From the client to upstream.</summary>
    Request,

    /// <summary>From upstream to the client.</summary>
    Response,
}
