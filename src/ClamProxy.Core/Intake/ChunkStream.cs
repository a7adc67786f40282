using ClamProxy.Core.Files;

namespace ClamProxy.Core.Intake;

/// <summary>A content that its protocol hands over in chunks, as a stream. A chunk is read before the next one is asked for.</summary>
internal sealed class ChunkStream : AsyncReadStream
{
    private readonly CancellationTokenSource _end = new();
    private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> _chunks;
    private ReadOnlyMemory<byte> _left;
    private bool _isAsking;

    public ChunkStream(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks) => _chunks = chunks.GetAsyncEnumerator(_end.Token);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left.IsEmpty)
        {
            _isAsking = true;
            if (!await _chunks.MoveNextAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                _isAsking = false;
                return 0;
            }

            _isAsking = false;
            _left = _chunks.Current;
        }

        var taken = Math.Min(buffer.Length, _left.Length);
        _left[..taken].CopyTo(buffer);
        _left = _left[taken..];
        return taken;
    }

    public override async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);

        // One that was left while it was asked ends by its token: it cannot be disposed of meanwhile.
        if (!_isAsking)
        {
            await _chunks.DisposeAsync().ConfigureAwait(false);
        }

        _end.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
