namespace ClamProxy.Core.Tests.Compression;

/// <summary>Bytes that arrive a few at a time.</summary>
internal sealed class TornStream(byte[] content, int piece) : MemoryStream(content, writable: false)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
}
