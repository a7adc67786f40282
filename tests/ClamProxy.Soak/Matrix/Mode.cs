namespace ClamProxy.Soak.Matrix;

/// <summary>What is asked for meanwhile.</summary>
internal enum Mode
{
    /// <summary>A file nobody asked for before.</summary>
    Miss,

    /// <summary>A file whose verdict is known: downloaded and compared with what was scanned, or refused at once.</summary>
    Hit,

    /// <summary>A file several clients of both processes ask for at once.</summary>
    SharedFlight,

    /// <summary>A file that is slow to come, so that its client is trickled to.</summary>
    Patience,

    /// <summary>A file that is in the store.</summary>
    Store,

    /// <summary>A part of a file nobody asked for before.</summary>
    Range,

    /// <summary>A document that may change, stored and fresh.</summary>
    Fresh,

    /// <summary>One that is stored and stale, and that the origin still has.</summary>
    Unchanged,

    /// <summary>One that is stored and stale, of which the origin has another version.</summary>
    Changed,

    /// <summary>One in a content coding, which only one of its clients decodes.</summary>
    Coded,

    /// <summary>A request with a body.</summary>
    Upload,
}
