using ClamProxy.Core.Files;

namespace ClamProxy.Tests.Doors;

/// <summary>What a test sends to a door that takes contents.</summary>
/// <param name="Bytes">The whole content.</param>
internal sealed record SentContent(byte[] Bytes)
{
    public string Name { get; init; } = "file.bin";

    /// <summary>Whether the sender says beforehand how many bytes there are, where the protocol lets it.</summary>
    public bool IsAnnounced { get; init; } = true;

    /// <summary>After how many bytes the sender breaks off; null: it does not.</summary>
    public int? CutAfter { get; init; }

    /// <summary>The content as its sender sends it.</summary>
    public Stream ToStream() => CutAfter is { } sent ? new CutStream(Bytes.AsMemory(0, sent)) : new MemoryStream(Bytes, writable: false);

    private sealed class CutStream(ReadOnlyMemory<byte> sent) : AsyncReadStream
    {
        private ReadOnlyMemory<byte> _left = sent;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(buffer.Length, _left.Length);
            _left[..count].CopyTo(buffer);
            _left = _left[count..];
            return count > 0 ? new(count) : ValueTask.FromException<int>(new IOException("the sender broke off"));
        }
    }
}
