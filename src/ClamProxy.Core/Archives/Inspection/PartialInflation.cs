using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>
/// What deflated data unpack to up to their end, or to where they are broken: readers hand out what was before.
/// </summary>
/// <param name="data">The packed bytes, and whatever follows them.</param>
/// <param name="kind">What it may be.</param>
/// <param name="length">Its bytes, the last one apart where the data are broken.</param>
/// <param name="last">The byte that may stand in front of the break; empty where there is none.</param>
internal sealed class PartialInflation(IContentReader data, MemberKind kind, long length, byte[] last)
{
    private const int BufferLength = 64 * 1024;

    public MemberKind Kind => kind;

    /// <summary>All of its bytes.</summary>
    public long Length => length + last.Length;

    /// <exception cref="ArchiveTroubleException">It is more than the scanner looks at.</exception>
    public static async Task<PartialInflation> MeasureAsync(IContentReader data, long most, CancellationToken cancellationToken)
    {
        var edges = new MemberEdges();
        var isWhole = await ReadAsync(data, new byte[BufferLength], edges, most, cancellationToken).ConfigureAwait(false);
        if (isWhole)
        {
            return new PartialInflation(data, edges.Kind, edges.Length, []);
        }

        // What the unpacker wrote in the call that failed is not told: byte by byte, that is one at most.
        var last = new byte[1];
        edges.Clear();
        await ReadAsync(data, last, edges, most, cancellationToken).ConfigureAwait(false);
        var length = edges.Length;
        edges.Add(last);
        return new PartialInflation(data, edges.Kind, length, last);
    }

    /// <summary>Opens it from its beginning.</summary>
    public Stream Open() => new Beginning(MemberInflater.Open(data), length, last);

    /// <returns>Whether it has an end.</returns>
    private static async Task<bool> ReadAsync(
        IContentReader data, byte[] buffer, MemberEdges edges, long most, CancellationToken cancellationToken)
    {
        var unpacked = MemberInflater.Open(data);
        await using var _ = unpacked.ConfigureAwait(false);
        try
        {
            int read;
            while ((read = await unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                edges.Add(buffer.AsSpan(0, read));
                if (edges.Length > most)
                {
                    throw ArchiveTroubleException.TooLarge("A member of it is", (ulong)edges.Length, most);
                }
            }

            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private sealed class Beginning(Stream unpacked, long length, byte[] last) : AsyncReadStream
    {
        private long _left = length;
        private bool _isEnded;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left > 0)
            {
                var read = await unpacked.ReadAsync(
                    buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken).ConfigureAwait(false);
                _left -= read;
                return read;
            }

            var count = _isEnded ? 0 : Math.Min(buffer.Length, last.Length);
            last.AsMemory(0, count).CopyTo(buffer);
            _isEnded = true;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                unpacked.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
