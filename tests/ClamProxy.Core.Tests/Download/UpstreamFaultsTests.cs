using System.Net.Sockets;
using System.Security.Authentication;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamFaultsTests
{
    public static TheoryData<Exception, FailureReason, FailureReason> Faults => new()
    {
        { new HttpRequestException("x"), FailureReason.UpstreamUnreachable, FailureReason.UpstreamTruncated },
        { new IOException("x"), FailureReason.UpstreamUnreachable, FailureReason.UpstreamTruncated },
        { new IOException("x", new SocketException(104)), FailureReason.UpstreamUnreachable, FailureReason.UpstreamTruncated },
        { new SocketException((int)SocketError.TimedOut), FailureReason.UpstreamTimedOut, FailureReason.UpstreamTimedOut },
        { new TaskCanceledException("x", new TimeoutException()), FailureReason.UpstreamTimedOut, FailureReason.UpstreamTimedOut },
        { new TaskCanceledException("x"), FailureReason.ClientGone, FailureReason.ClientGone },
        { new AuthenticationException("x"), FailureReason.UpstreamTlsFailed, FailureReason.UpstreamTlsFailed },
        { Http(HttpRequestError.SecureConnectionError), FailureReason.UpstreamTlsFailed, FailureReason.UpstreamTlsFailed },
        { Http(HttpRequestError.NameResolutionError), FailureReason.UpstreamUnreachable, FailureReason.UpstreamUnreachable },
        { Http(HttpRequestError.InvalidResponse), FailureReason.UpstreamProtocol, FailureReason.UpstreamProtocol },
        { Http(HttpRequestError.ConfigurationLimitExceeded), FailureReason.UpstreamProtocol, FailureReason.UpstreamProtocol },
        { Http(HttpRequestError.HttpProtocolError), FailureReason.UpstreamProtocol, FailureReason.UpstreamTruncated },
        { new HttpIOException(HttpRequestError.ResponseEnded), FailureReason.UpstreamUnreachable, FailureReason.UpstreamTruncated },
        { new InvalidOperationException("a bug of ours"), FailureReason.Internal, FailureReason.Internal },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void EveryException_HasItsReason(Exception exception, FailureReason beforeTheHead, FailureReason inTheBody)
    {
        Assert.Equal(beforeTheHead, UpstreamFaults.Classify(exception).Reason);
        Assert.Equal(inTheBody, UpstreamFaults.Classify(exception, inBody: true).Reason);
        Assert.Same(exception, UpstreamFaults.Classify(exception).Cause);
    }

    [Fact]
    public void EveryHttpRequestError_HasAReason() =>
        Assert.All(
            Enum.GetValues<HttpRequestError>(),
            error => Assert.NotEqual(FailureReason.Internal, UpstreamFaults.Classify(Http(error)).Reason));

    private static HttpRequestException Http(HttpRequestError error) => new(error, "x");
}
