using System.Buffers;

namespace ClamProxy.Core.Gate;

/// <summary>The last bytes of a stream, in order: what is pushed in at one end comes out at the other once enough has followed it.</summary>
internal sealed class HeldBackBytes(int capacity) : IDisposable
{
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _count;

    /// <summary>What is still held.</summary>
    public ReadOnlyMemory<byte> Rest => _bytes.AsMemory(0, _count);

    public async ValueTask PushAsync(
        ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, CancellationToken cancellationToken)
    {
        var leaving = Math.Max(0, _count + bytes.Length - capacity);
        var ofHeld = Math.Min(leaving, _count);
        if (ofHeld > 0)
        {
            await send(_bytes.AsMemory(0, ofHeld), cancellationToken).ConfigureAwait(false);
            _bytes.AsSpan(ofHeld, _count - ofHeld).CopyTo(_bytes);
            _count -= ofHeld;
        }

        var ofNew = leaving - ofHeld;
        if (ofNew > 0)
        {
            await send(bytes[..ofNew], cancellationToken).ConfigureAwait(false);
        }

        bytes[ofNew..].CopyTo(_bytes.AsMemory(_count));
        _count += bytes.Length - ofNew;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
}
