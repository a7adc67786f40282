using System.IO.Pipelines;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>Sends one request's interim responses until it is disposed of.</summary>
internal sealed class InterimSender : IAsyncDisposable
{
    private static readonly byte[] Continue = [.. "HTTP/1.1 100 Continue\r\n\r\n"u8];

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpContext _context;
    private readonly PipeWriter _output;
    private readonly HttpDoorOptions _options;
    private readonly HttpDoorMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly Task _sending;

    public InterimSender(HttpContext context, PipeWriter output, HttpDoorOptions options, HttpDoorMetrics metrics, TimeProvider clock)
    {
        (_context, _output, _options, _metrics, _clock) = (context, output, options, metrics, clock);
        _sending = SendAsync();
    }

    /// <summary>Ends when the last one has left whole: what is written behind it is the answer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        while (true)
        {
            await Task.Delay(_options.InterimInterval, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested || _context.RequestAborted.IsCancellationRequested || !await TrySendOneAsync())
            {
                return;
            }

            _metrics.InterimSent();
        }
    }

    /// <summary>A client that is gone, or that does not even take these few bytes, loses its connection.</summary>
    private async ValueTask<bool> TrySendOneAsync()
    {
        using var late = new CancellationTokenSource(_options.InterimTimeout, _clock);
        await using var cut = late.Token.UnsafeRegister(static context => ((HttpContext)context!).Abort(), _context);
        try
        {
            if (await _output.WriteAsync(Continue, CancellationToken.None) is { IsCompleted: false, IsCanceled: false })
            {
                return true;
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The connection broke, or was closed, while this was written.
        }

        _context.Abort();
        return false;
    }
}
