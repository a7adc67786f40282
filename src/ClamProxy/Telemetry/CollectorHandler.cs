using ClamProxy.Core.Tls;

namespace ClamProxy.Telemetry;

/// <summary>Sends to the collector, tells when it fails and when it is back, and lets nothing hold up a process that stops.</summary>
internal sealed class CollectorHandler : DelegatingHandler
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger;
    private readonly CancellationToken _stopped;
    private int _isFailing;

    /// <param name="logger">Told of the first failure and of the first success after it.</param>
    /// <param name="stopped">Ends what is under way.</param>
    public CollectorHandler(ILogger logger, CancellationToken stopped)
        : base(Sockets())
    {
        _logger = logger;
        _stopped = stopped;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopped);
        try
        {
            return Noted(base.Send(request, either.Token));
        }
        catch (Exception e)
        {
            Failed(e);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopped);
        try
        {
            return Noted(await base.SendAsync(request, either.Token));
        }
        catch (Exception e)
        {
            Failed(e);
            throw;
        }
    }

    // A redirect would take the header fields, which are secrets, to another server.
    private static SocketsHttpHandler Sockets() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = ConnectTime,
        ActivityHeadersPropagator = null,
        SslOptions = { CertificateChainPolicy = TrustedRoots.Policy() },
    };

    private HttpResponseMessage Noted(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
        {
            Failed($"it answered {(int)answer.StatusCode}.");
        }
        else if (Interlocked.Exchange(ref _isFailing, 0) == 1)
        {
            _logger.CollectorRecovered();
        }

        return answer;
    }

    private void Failed(Exception error)
    {
        if (!_stopped.IsCancellationRequested)
        {
            Failed(error is OperationCanceledException ? "it did not answer in time." : $"{error.GetBaseException().Message}.");
        }
    }

    private void Failed(string detail)
    {
        if (Interlocked.Exchange(ref _isFailing, 1) == 0)
        {
            _logger.CollectorFailed(detail);
        }
    }
}
