namespace ClamProxy.Soak.Buckets;

/// <summary>What happens to an object, or to whoever works on it, while one request about it is held.</summary>
internal enum ObjectChange
{
    /// <summary>Replaced by an infected content; with versioning on it is versioned over.</summary>
    ReplacedByBad,

    /// <summary>Replaced by another clean content.</summary>
    ReplacedByGood,

    /// <summary>The same bytes are put again.</summary>
    SameAgain,

    /// <summary>Deleted; with versioning on by a delete marker.</summary>
    Deleted,

    /// <summary>Deleted, and an infected content put under its key.</summary>
    DeletedAndPut,

    /// <summary>Deleted, and the same bytes put again.</summary>
    DeletedAndSame,

    /// <summary>Its version is deleted for good.</summary>
    VersionDeleted,

    /// <summary>Its owner changes its tags.</summary>
    Tagged,

    /// <summary>Versioning is suspended, and an infected content put.</summary>
    SuspendedAndPut,

    /// <summary>Replaced by an infected content, which another worker deals with at once.</summary>
    BadOvertakes,

    /// <summary>Replaced by another clean content, which another worker deals with at once.</summary>
    GoodOvertakes,

    /// <summary>Replaced by another clean content, and another worker takes that for the first one, whose event it has too.</summary>
    GoodTakenForFirst,

    /// <summary>Another worker has the same message, and deals with it at once.</summary>
    TakenTwice,

    /// <summary>The connection breaks, and the worker tries the call again.</summary>
    ConnectionLost,

    /// <summary>The worker is killed: nothing that it does reaches the store any more, and no answer reaches it.</summary>
    WorkerDies,
}
