using ClamProxy.Core.Files;

namespace ClamProxy.Core.Compression.Codings;

/// <summary>A stream followed by some bytes; the stream itself is left open.</summary>
internal sealed class AppendedStream(Stream first, ReadOnlyMemory<byte> rest) : AsyncReadStream
{
    private ReadOnlyMemory<byte> _rest = rest;
    private bool _firstEnded;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_firstEnded && !buffer.IsEmpty)
        {
            var read = await first.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read > 0)
            {
                return read;
            }

            _firstEnded = true;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }
}
