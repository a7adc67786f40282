namespace ClamProxy.Core.Failures;

/// <summary>Why a request could not be answered with its file. The core names no protocol's status: each door maps these.</summary>
public enum FailureReason
{
    /// <summary>A broken invariant of ours.</summary>
    Internal = 0,

    /// <summary>The client left before its answer was ready.</summary>
    ClientGone,

    /// <summary>The upstream guard does not let this host, address or port be reached.</summary>
    UpstreamForbidden,

    /// <summary>The request already came through this process (Via, RFC 9110 §7.6.3).</summary>
    UpstreamLoop,

    /// <summary>No address, no connection, or a connection that broke before an answer came.</summary>
    UpstreamUnreachable,

    /// <summary>The TLS handshake or the certificate failed.</summary>
    UpstreamTlsFailed,

    /// <summary>What upstream sent is not a valid answer to what was asked.</summary>
    UpstreamProtocol,

    /// <summary>The body ended before its announced length.</summary>
    UpstreamTruncated,

    /// <summary>Upstream did not connect, answer or go on sending inside its deadline.</summary>
    UpstreamTimedOut,

    /// <summary>More redirects than are followed, or one that leads nowhere.</summary>
    UpstreamRedirects,

    /// <summary>The content differs from the one that the cached verdict is for.</summary>
    ContentChanged,

    /// <summary>The links in upstream's text would lead past the scanner, and cannot be rewritten.</summary>
    Unrewritable,

    /// <summary>Upstream's text links to packages on hosts that nothing rewrites, and its route refuses that.</summary>
    ForeignLinks,

    /// <summary>The body that a client sends broke off, or has another length than it announced.</summary>
    BodyBroken,

    /// <summary>A client did not send its body inside the deadlines.</summary>
    BodyTimedOut,

    /// <summary>The body is larger than MAX_FILE_SIZE: nothing that size is ever scanned.</summary>
    TooLarge,

    /// <summary>No spool space is left, on disk or inside the spool's bound.</summary>
    SpoolFull,

    /// <summary>As much work as is allowed is already waiting.</summary>
    Overloaded,

    /// <summary>The contents of jobs cannot be stored or read at the moment.</summary>
    ObjectsUnavailable,

    /// <summary>The contents of jobs take as much room as they may.</summary>
    ObjectsFull,

    /// <summary>The queue or the results of jobs cannot be used at the moment.</summary>
    JobsUnavailable,

    /// <summary>No scanner gave an answer.</summary>
    ScannerUnavailable,

    /// <summary>The client takes a stored answer only, and there is none that it may have.</summary>
    NotStored,

    /// <summary>The work goes on; the client is to ask again.</summary>
    StillScanning,

    /// <summary>A bad verdict came when a part of the file had been sent already.</summary>
    RefusedLate,

    /// <summary>The process is stopping.</summary>
    Stopping,
}
