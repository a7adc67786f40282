using ClamProxy.Core.Files;

namespace ClamProxy.Core.Compression.Codings;

/// <summary>
/// Hands a stream on in large pieces, but its last byte by itself. A decoder that asks for that byte has not come to its end
/// before it, and one that asks for more has not come to its end at all: so a cut body and bytes behind the end are told
/// from a whole one, which .NET's decoders do not.
/// </summary>
internal sealed class LookaheadStream(Stream inner) : AsyncReadStream
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;
    private bool _innerEnded;
    private bool _askedPastEnd;

    /// <summary>Whether all of it was read and nothing more was asked for.</summary>
    public bool EndedExactly => _innerEnded && Available == 0 && !_askedPastEnd;

    private int Available => _end - _start;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty)
        {
            return 0;
        }

        var ahead = await PeekAsync(2, cancellationToken).ConfigureAwait(false);
        if (ahead.IsEmpty)
        {
            _askedPastEnd = true;
            return 0;
        }

        var count = Math.Min(buffer.Length, Math.Max(1, Available - 1));
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <summary>The next bytes without reading them: at least <paramref name="count"/>, or all there are.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        while (Available < count && !_innerEnded)
        {
            _buffer.AsSpan(_start, Available).CopyTo(_buffer);
            (_start, _end) = (0, Available);
            var read = await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _innerEnded = read == 0;
            _end += read;
        }

        return _buffer.AsMemory(_start, Available);
    }

    /// <summary>Drops bytes that were peeked at.</summary>
    public void Skip(int count) => _start += count;
}
