namespace ClamProxy.Doors.Http.Replies;

/// <summary>Whether a client gets the range that it asks for.</summary>
internal enum RangeDecision
{
    /// <summary>The client must not put this file together with what it has.</summary>
    Refused = 0,

    /// <summary>The client says what it has by If-Range, and it is another file: it gets all of this one.</summary>
    Whole,

    /// <summary>The answer is what it would be for anybody.</summary>
    Free,
}
