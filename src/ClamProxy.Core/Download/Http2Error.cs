namespace ClamProxy.Core.Download;

/// <summary>The error codes of HTTP/2 (RFC 9113 §7), in words for a client.</summary>
internal static class Http2Error
{
    private static readonly string[] Names =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
        "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    /// <summary>
    /// Whether it is the server that ended the request, or the connection, without an answer. The others say that one of the two broke the
    /// protocol.
    /// </summary>
    public static bool IsOfServer(long code) => Name(code) is not ("PROTOCOL_ERROR" or "FLOW_CONTROL_ERROR" or "STREAM_CLOSED"
        or "FRAME_SIZE_ERROR" or "COMPRESSION_ERROR");

    /// <summary>One sentence on a request that ended before its answer's head.</summary>
    public static string Describe(long code) => IsOfServer(code)
        ? $"The upstream server ended the request or its HTTP/2 connection with {Name(code)} before it answered."
        : $"The exchange with the upstream server over HTTP/2 failed with {Name(code)} before it answered.";

    private static string Name(long code) => code >= 0 && code < Names.Length ? Names[code] : $"error {code}";
}
