using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ClamProxy.Core.Files;

namespace ClamProxy.Sending;

/// <summary>
/// What a connection sends, written straight to its socket when it is flushed; a flush ends when the kernel has taken everything, so that
/// nothing is buffered beyond what one flush brings. Parts of files go from the page cache to the socket without a copy of ours
/// (sendfile(2)).
/// </summary>
/// <param name="socket">The connection's socket.</param>
/// <param name="original">The transport's own writer, which learns of the end.</param>
/// <param name="broken">Called when no more can be sent.</param>
internal sealed class SocketOutput(Socket socket, PipeWriter original, Action<Exception> broken) : PipeWriter
{
    /// <summary>The most bytes of a file in one part.</summary>
    public const int MostOfFile = 1 << 20;

    private const int FirstBuffer = 4 << 10;
    private const int FurtherBuffer = 64 << 10;
    private const int WaitingBytes = 64 << 10;

    // Kestrel counts a body by the memory that it hands out: this stands for a file's bytes, and is never sent.
    private static readonly byte[] StandIn = new byte[MostOfFile];

    private readonly List<SocketPiece> _pieces = [];
    private readonly byte[] _firstByte = new byte[1];
    private byte[]? _buffer;
    private int _used;
    private SocketPiece? _offered;
    private bool _hasGivenStandIn;
    private bool _isFlushing;
    private bool _isBroken;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _pieces.Sum(piece => (long)piece.Length) + _used;

    /// <summary>Why a file could not be read to its end; null: it could, or the client left first.</summary>
    public Exception? FileFault { get; private set; }

    /// <summary>
    /// Writes a part of a file to the body of a response that has started, without reading it. It is read by the next flush.
    /// </summary>
    /// <param name="body">The body's writer, which must lead to this output and nowhere else: HTTP/1 without TLS and without
    /// chunks.</param>
    /// <param name="file">Stays open until the flush has ended.</param>
    /// <returns>False when something else lies between, so that the bytes have to be written.</returns>
    public bool TryWriteFile(PipeWriter body, IContentReader file, long offset, int length)
    {
        _offered = SocketPiece.Of(file, offset, length);
        try
        {
            var isThis = MemoryMarshal.TryGetArray<byte>(body.GetMemory(length), out var given)
                && ReferenceEquals(given.Array, StandIn) && given.Offset == 0 && given.Count == length;
            if (isThis)
            {
                body.Advance(length);
            }

            return isThis;
        }
        finally
        {
            _offered = null;
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        _hasGivenStandIn = _offered is not null;
        if (_offered is { } part)
        {
            return StandIn.AsMemory(0, part.Length);
        }

        if (_buffer is null || _buffer.Length - _used < Math.Max(sizeHint, 1))
        {
            EndPiece();
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, _pieces.Count == 0 ? FirstBuffer : FurtherBuffer));
        }

        return _buffer.AsMemory(_used);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (_offered is { } part && bytes == part.Length)
        {
            EndPiece();
            _pieces.Add(part);
        }
        else if (!_hasGivenStandIn && bytes <= (_buffer?.Length ?? 0) - _used)
        {
            _used += bytes;
        }
        else
        {
            throw new InvalidOperationException("These bytes were never written.");
        }
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        EndPiece();
        _isFlushing = true;
        var isWhole = false;
        try
        {
            for (var next = 0; next < _pieces.Count && !_isBroken; next++)
            {
                await SendAsync(_pieces[next], moreFollows: next + 1 < _pieces.Count, cancellationToken);
            }

            isWhole = true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            FileFault = exception is SocketException or ObjectDisposedException ? null : exception;
            broken(exception);
        }
        finally
        {
            _isBroken |= !isWhole;
            _isFlushing = false;
            Clear();
        }

        return new FlushResult(isCanceled: false, isCompleted: _isBroken);
    }

    /// <summary>Nobody cancels a flush but by its token or by ending the connection.</summary>
    public override void CancelPendingFlush() => original.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        // What is being sent must not get into other hands: the flush gives it back.
        if (!_isFlushing)
        {
            Clear();
        }

        original.Complete(exception);
    }

    private async ValueTask SendAsync(SocketPiece piece, bool moreFollows, CancellationToken cancellationToken)
    {
        if (piece.File is { } file)
        {
            await SendAsync(file, piece.Offset, piece.Length, cancellationToken);
            return;
        }

        ReadOnlyMemory<byte> left = piece.Bytes;
        left = left[(moreFollows ? NativeSocket.SendAhead(socket, left.Span) : 0)..];
        await SendAsync(left, cancellationToken);
    }

    private async ValueTask SendAsync(IContentReader file, long offset, int length, CancellationToken cancellationToken)
    {
        // sendfile waits for the disk, and whoever flushes may hold a lock: this read waits elsewhere.
        var isThere = await file.ReadAsync(offset, _firstByte, cancellationToken) > 0;
        for (var end = offset + length; offset < end;)
        {
            var left = (int)(end - offset);
            var sent = isThere ? NativeSocket.SendFile(socket, file.File!, offset, left) : 0;
            offset += sent > 0 ? sent : await SendCopyAsync(file, offset, Math.Min(left, WaitingBytes), cancellationToken);
        }
    }

    /// <summary>Waits until the socket takes more: .NET has no wait for that without bytes to send.</summary>
    private async ValueTask<int> SendCopyAsync(IContentReader file, long offset, int length, CancellationToken cancellationToken)
    {
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var read = await file.ReadAsync(offset, copy.AsMemory(0, length), cancellationToken);
            await SendAsync(
                copy.AsMemory(0, read > 0 ? read : throw new EndOfStreamException("a file is shorter than it was when it was scanned")),
                cancellationToken);
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> left, CancellationToken cancellationToken)
    {
        while (left.Length > 0)
        {
            left = left[await socket.SendAsync(left, cancellationToken)..];
        }
    }

    private void EndPiece()
    {
        if (_buffer is not { } rented)
        {
            return;
        }

        if (_used > 0)
        {
            _pieces.Add(SocketPiece.Of(rented, _used));
        }
        else
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        (_buffer, _used) = (null, 0);
    }

    private void Clear()
    {
        EndPiece();
        foreach (var piece in _pieces)
        {
            if (piece.File is null)
            {
                ArrayPool<byte>.Shared.Return(piece.Bytes.Array!);
            }
        }

        _pieces.Clear();
    }
}
