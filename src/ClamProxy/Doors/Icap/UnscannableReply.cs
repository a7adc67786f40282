namespace ClamProxy.Doors.Icap;

/// <summary>How a client is told of a content that cannot be scanned as a whole.</summary>
public enum UnscannableReply
{
    /// <summary>As of an infected one: a page with 403, and the fields that name what was found.</summary>
    Refuse = 0,

    /// <summary>By an ICAP error, which most clients take for a service that fails.</summary>
    Error,
}
