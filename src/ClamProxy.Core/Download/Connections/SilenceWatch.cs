using System.Net.Sockets;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download.Connections;

/// <summary>
/// A new connection to one of several addresses. If nothing comes back for a while after the first byte was sent, it breaks, and its
/// address counts as failed: something accepts connections there, and nobody answers.
/// </summary>
internal sealed class SilenceWatch : Stream
{
    private readonly Stream _inner;
    private readonly TimeSpan _limit;
    private readonly Action _failed;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _sentAt;
    private bool _isHeard;
    private bool _isSilent;
    private bool _isDisposed;

    /// <param name="inner">The connection.</param>
    /// <param name="breaks">Whether it is broken off; else its address only counts as failed once it is closed.</param>
    /// <param name="limit">The longest silence.</param>
    /// <param name="failed">Called once, at most.</param>
    /// <param name="time">The clock.</param>
    public SilenceWatch(Stream inner, bool breaks, TimeSpan limit, Action failed, TimeProvider time)
    {
        (_inner, _limit, _failed, _time) = (inner, limit, failed, time);
        if (breaks)
        {
            _timer = time.CreateTimer(_ => Break(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isHeard)
        {
            return await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var read = await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Heard();
            return read;
        }
        catch (Exception e) when (_isSilent && e is IOException or ObjectDisposedException or SocketException)
        {
            throw new IOException(e.Message, new UpstreamException(Silence(e)));
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Sent();
        return _inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    public override void Flush() => _inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Tell();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private Failure Silence(Exception cause) => new(
        FailureReason.UpstreamTimedOut,
        $"The upstream server accepted the connection and sent nothing for {_limit.TotalSeconds:0.###} s.",
        cause);

    private void Sent()
    {
        lock (_gate)
        {
            if (_sentAt == 0)
            {
                _sentAt = _time.GetTimestamp();
                _timer?.Change(_limit, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Heard()
    {
        lock (_gate)
        {
            _isHeard = true;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Break()
    {
        lock (_gate)
        {
            if (_isHeard || _isDisposed)
            {
                return;
            }

            _isSilent = true;
        }

        // Ends the read that waits.
        Tell();
        _inner.Dispose();
    }

    private void Tell()
    {
        bool isFailed;
        lock (_gate)
        {
            isFailed = !_isDisposed && !_isHeard && _sentAt != 0 && (_isSilent || _time.GetElapsedTime(_sentAt) >= _limit);
            _isDisposed = true;
            _timer?.Dispose();
            _timer = null;
        }

        if (isFailed)
        {
            _failed();
        }
    }
}
