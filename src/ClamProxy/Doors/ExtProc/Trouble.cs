namespace ClamProxy.Doors.ExtProc;

/// <summary>Why a transaction cannot be scanned as Envoy sends it.</summary>
internal enum Trouble
{
    None = 0,

    /// <summary>Envoy does not say how it sends bodies: it is older than <c>protocol_config</c>.</summary>
    NoMode,

    /// <summary>The mode STREAMED cannot hold a body back.</summary>
    Streamed,

    /// <summary>The mode BUFFERED_PARTIAL passes what is over Envoy's buffer without showing it.</summary>
    BufferedPartial,

    /// <summary>The mode GRPC, or one that Envoy did not have when this was written.</summary>
    UnknownMode,

    /// <summary>No body is sent at all, in either direction.</summary>
    NothingIsScanned,

    /// <summary>Envoy does not wait for answers.</summary>
    Observed,

    /// <summary>A body or trailers without headers: the header mode is SKIP, and nobody knows the body's coding.</summary>
    NoHeaders,

    /// <summary>Headers came twice.</summary>
    HeadersTwice,

    /// <summary>A body came in a direction whose mode is NONE.</summary>
    UnexpectedBody,
}
