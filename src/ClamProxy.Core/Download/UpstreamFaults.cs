using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Names;

namespace ClamProxy.Core.Download;

/// <summary>The one place where the HTTP client's exceptions become failures.</summary>
public static class UpstreamFaults
{
    /// <summary>Names the failure that an exception of the HTTP client, or of a forwarder that used it, stands for.</summary>
    /// <param name="exception">As caught at the edge.</param>
    /// <param name="inBody">Whether the answer's head had been read: then a broken connection is a short body.</param>
    public static Failure Classify(Exception exception, bool inBody = false)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var chain = Chain(exception).ToList();
        if (chain.OfType<UpstreamException>().FirstOrDefault() is { } known)
        {
            return known.Failure;
        }

        if (chain.OfType<HttpRequestException>().FirstOrDefault(IsOfTunnel) is { } tunnel)
        {
            return OfProxy((int?)tunnel.StatusCode, exception);
        }

        var reason = Reason(chain, inBody);
        var detail = chain.OfType<NameException>().FirstOrDefault() is { } unresolved ? Detail(unresolved)
            : !inBody && chain.OfType<HttpProtocolException>().FirstOrDefault() is { } ended ? Http2Error.Describe(ended.ErrorCode)
            : Detail(reason);
        return new Failure(reason, detail, exception) { IsWithoutConnection = !inBody && chain.Exists(IsOfConnecting) };
    }

    /// <summary>The same with the server named, host and port, unless it is already.</summary>
    internal static Failure At(Target target, Failure failure) => failure.Detail.Contains(target.Server, StringComparison.Ordinal)
        ? failure
        : failure with { Detail = $"{failure.Detail} Upstream: {target.Server}." };

    /// <summary>A TLS handshake that failed: no request was sent.</summary>
    internal static Failure OfHandshake(Exception cause) =>
        new(FailureReason.UpstreamTlsFailed, Detail(FailureReason.UpstreamTlsFailed), cause) { IsWithoutConnection = true };

    /// <summary>A proxy of the operator's that does not let a request through.</summary>
    /// <param name="status">What it answered; null: not known.</param>
    /// <param name="cause">The exception at the I/O edge.</param>
    internal static Failure OfProxy(int? status, Exception? cause) => status == (int)HttpStatusCode.Forbidden
        ? new(FailureReason.UpstreamForbidden, "The proxy that UPSTREAM_PROXY names refused a connection to the upstream server.", cause)
        : new(
            FailureReason.UpstreamUnreachable,
            $"The proxy that UPSTREAM_PROXY names did not connect to the upstream server{(status is null ? "" : $" (answer {status})")}.",
            cause)
        { IsWithoutConnection = true };

    /// <summary>Whether a second attempt may help: the transport failed, not the name, the certificate or the answer.</summary>
    internal static bool IsWorthRetrying(Exception exception) =>
        (Classify(exception).Reason is FailureReason.UpstreamUnreachable or FailureReason.UpstreamTimedOut
            || IsOfSharedConnection(exception))
        && !Chain(exception).Any(link => link is NameException);

    /// <summary>
    /// Whether HTTP/2 ended a request, or the connection that it shared with others (RFC 9113 §5.4): another connection may do.
    /// </summary>
    internal static bool IsOfSharedConnection(Exception exception) => Chain(exception).Any(link => link is HttpProtocolException);

    private static FailureReason Reason(List<Exception> chain, bool inBody)
    {
        if (chain.Exists(link => link is NameException { IsOverload: true }))
        {
            return FailureReason.Overloaded;
        }

        if (chain.Exists(link => link is TimeoutException or SocketException { SocketErrorCode: SocketError.TimedOut }))
        {
            return FailureReason.UpstreamTimedOut;
        }

        if (chain.Exists(link => link is AuthenticationException || HttpError(link) is HttpRequestError.SecureConnectionError))
        {
            return FailureReason.UpstreamTlsFailed;
        }

        if (chain.Exists(link => link is OperationCanceledException))
        {
            return FailureReason.ClientGone;
        }

        if (!inBody && chain.OfType<HttpProtocolException>().FirstOrDefault() is { } ended && Http2Error.IsOfServer(ended.ErrorCode))
        {
            return FailureReason.UpstreamUnreachable;
        }

        var errors = chain.Select(HttpError).OfType<HttpRequestError>().Where(error => error is not HttpRequestError.Unknown).ToList();
        if (errors.Count > 0)
        {
            return Reason(errors[0], inBody);
        }

        var isTransport = chain.Exists(link => link is IOException or SocketException or HttpRequestException);
        return isTransport ? Broken(inBody) : FailureReason.Internal;
    }

    private static FailureReason Reason(HttpRequestError error, bool inBody) => error switch
    {
        HttpRequestError.Unknown => Broken(inBody),
        HttpRequestError.NameResolutionError => FailureReason.UpstreamUnreachable,
        HttpRequestError.ConnectionError => FailureReason.UpstreamUnreachable,
        HttpRequestError.SecureConnectionError => FailureReason.UpstreamTlsFailed,
        HttpRequestError.HttpProtocolError => inBody ? FailureReason.UpstreamTruncated : FailureReason.UpstreamProtocol,
        HttpRequestError.ExtendedConnectNotSupported => FailureReason.UpstreamProtocol,
        HttpRequestError.VersionNegotiationError => FailureReason.UpstreamProtocol,
        HttpRequestError.UserAuthenticationError => FailureReason.UpstreamProtocol,
        HttpRequestError.ProxyTunnelError => FailureReason.UpstreamProtocol,
        HttpRequestError.InvalidResponse => FailureReason.UpstreamProtocol,
        HttpRequestError.ResponseEnded => Broken(inBody),
        HttpRequestError.ConfigurationLimitExceeded => FailureReason.UpstreamProtocol,
    };

    private static string Detail(FailureReason reason) => reason switch
    {
        FailureReason.UpstreamUnreachable => "The upstream server could not be reached, or closed the connection before it answered.",
        FailureReason.UpstreamTlsFailed => "The upstream server's TLS handshake or certificate failed.",
        FailureReason.UpstreamProtocol => "The upstream server's answer is not valid HTTP.",
        FailureReason.UpstreamTruncated => "The upstream server closed the connection before the end of its answer.",
        FailureReason.UpstreamTimedOut => "The upstream server could not be connected to in time.",
        FailureReason.ClientGone => "The client left before its answer was ready.",
        FailureReason.Internal or FailureReason.UpstreamForbidden or FailureReason.UpstreamLoop or FailureReason.UpstreamRedirects
             or FailureReason.ContentChanged or FailureReason.Unrewritable or FailureReason.ForeignLinks or FailureReason.BodyBroken
            or FailureReason.BodyTimedOut or FailureReason.TooLarge or FailureReason.SpoolFull or FailureReason.Overloaded
            or FailureReason.ObjectsUnavailable or FailureReason.ObjectsFull or FailureReason.JobsUnavailable
            or FailureReason.ScannerUnavailable
            or FailureReason.NotStored or FailureReason.StillScanning or FailureReason.RefusedLate or FailureReason.Stopping =>
                "The download failed inside the proxy.",
    };

    // The name is the one that was asked for, or that a redirect led to; never an address.
    private static string Detail(NameException unresolved) => unresolved switch
    {
        { IsOverload: true } => $"Too many host names wait to be resolved; {unresolved.Name} was not looked up.",
        { SocketErrorCode: SocketError.TimedOut } =>
            $"The upstream server's name, {unresolved.Name}, was not resolved in time: no name server answered.",
        { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } =>
            $"The upstream server's name, {unresolved.Name}, could not be resolved: it has no address.",
        _ => $"The upstream server's name, {unresolved.Name}, could not be resolved: the name server failed.",
    };

    private static bool IsOfTunnel(HttpRequestException link) => link.HttpRequestError is HttpRequestError.ProxyTunnelError;

    private static bool IsOfConnecting(Exception link) =>
        HttpError(link) is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
        or HttpRequestError.SecureConnectionError;

    private static FailureReason Broken(bool inBody) => inBody ? FailureReason.UpstreamTruncated : FailureReason.UpstreamUnreachable;

    private static HttpRequestError? HttpError(Exception exception) => exception switch
    {
        HttpRequestException request => request.HttpRequestError,
        HttpIOException io => io.HttpRequestError,
        _ => null,
    };

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var link = exception; link is not null; link = link.InnerException)
        {
            yield return link;
        }
    }
}
