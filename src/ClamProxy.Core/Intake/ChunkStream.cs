using ClamProxy.Core.Files;

namespace ClamProxy.Core.Intake;

/// <summary>A content that its protocol hands over in chunks, as a stream. A chunk is read before the next one is asked for.</summary>
internal sealed class ChunkStream : AsyncReadStream
{
    private readonly CancellationTokenSource _end = new();
    private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> _chunks;
    private ReadOnlyMemory<byte> _left;
    private Task<bool>? _asked;

    public ChunkStream(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks) => _chunks = chunks.GetAsyncEnumerator(_end.Token);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left.IsEmpty)
        {
            _asked = _chunks.MoveNextAsync().AsTask();
            if (!await _asked.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                return 0;
            }

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
        if (_asked is null or { IsCompleted: true })
        {
            await _chunks.DisposeAsync().ConfigureAwait(false);
        }

        _end.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
