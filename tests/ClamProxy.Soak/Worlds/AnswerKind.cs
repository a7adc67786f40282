namespace ClamProxy.Soak.Worlds;

/// <summary>How an answer is judged, from the best to the worst. Zero is none at all.</summary>
internal enum AnswerKind
{
    /// <summary>None inside the deadline.</summary>
    Late = 0,

    /// <summary>The right bytes of a clean file, or the refusal of an infected one.</summary>
    Right,

    /// <summary>An error that says so: 502, 503, 504, or "unscannable".</summary>
    Error,

    /// <summary>A transfer that broke off so that the client sees it.</summary>
    Aborted,

    /// <summary>A status that says something else than what happened.</summary>
    Dishonest,

    /// <summary>A version that the origin had, longer ago than it may be served.</summary>
    Stale,

    /// <summary>Bytes that are not the file's.</summary>
    Wrong,

    /// <summary>Bytes of an infection.</summary>
    Unscanned,
}
