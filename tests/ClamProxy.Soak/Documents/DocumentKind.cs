namespace ClamProxy.Soak.Documents;

/// <summary>What the origin says of how long a document may be served.</summary>
internal enum DocumentKind
{
    /// <summary><c>max-age=1</c>: while the origin fails, for seven days.</summary>
    Default,

    /// <summary><c>max-age=1, must-revalidate</c>: never stale.</summary>
    MustRevalidate,

    /// <summary><c>no-cache</c>: asked about each time.</summary>
    NoCache,

    /// <summary><c>s-maxage=1, max-age=3600</c>: never stale, and the shorter time is ours.</summary>
    Shared,

    /// <summary><c>max-age=1, stale-if-error=3</c>.</summary>
    IfError,

    /// <summary><c>max-age=1, stale-while-revalidate=2, stale-if-error=0</c>.</summary>
    WhileRevalidate,

    /// <summary>As <see cref="MustRevalidate"/>, in two languages with <c>Vary: Accept-Language</c>.</summary>
    Varying,

    /// <summary>As <see cref="MustRevalidate"/>, behind a route that rewrites its links.</summary>
    Rewritten,

    /// <summary><c>max-age=3600</c>, for cells of the matrix.</summary>
    Fresh,

    /// <summary><c>max-age=0, stale-if-error=3600</c>, for cells of the matrix.</summary>
    Stale,
}
