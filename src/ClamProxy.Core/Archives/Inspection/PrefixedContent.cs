using System.Text;
using ClamProxy.Core.Archives.Tar;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>Contents behind a front of ours: clamd goes by a file's first bytes, and looks at them as what the front says.</summary>
internal sealed class PrefixedContent
{
    private static readonly byte[] EmptyLines = [.. Enumerable.Repeat((byte)'\n', SkippedTypes.HeadLength)];
    private static readonly byte[] MarkedHeader = Header("ustar\000"u8);
    private static readonly byte[] OldHeader = Header([]);

    private readonly List<Func<Stream>> _parts;

    private PrefixedContent(byte[] front)
    {
        _parts = [() => new MemoryStream(front, writable: false)];
        Length = front.Length;
    }

    /// <summary>In bytes, with the front.</summary>
    public long Length { get; private set; }

    public bool IsEmpty => _parts.Count == 1;

    /// <summary>As they are, behind nothing.</summary>
    public static PrefixedContent Bare() => new([]);

    /// <summary>Behind as many empty lines as clamd goes by: it matches its signatures on every byte.</summary>
    public static PrefixedContent Text() => new(EmptyLines);

    /// <summary>A tar behind an empty file of ours with a usual name: clamd opens it.</summary>
    /// <param name="isMarked">Its headers bear the mark "ustar"; else it is one of the old kind, and so has to be the front.</param>
    public static PrefixedContent Tar(bool isMarked) => new(isMarked ? MarkedHeader : OldHeader);

    /// <param name="open">Opens it from its beginning, as often as it is called.</param>
    /// <param name="length">In bytes.</param>
    public PrefixedContent Add(Func<Stream> open, long length)
    {
        _parts.Add(open);
        Length += length;
        return this;
    }

    public Stream Open() => new Row(_parts);

    private static byte[] Header(ReadOnlySpan<byte> mark)
    {
        var header = new byte[TarFormat.BlockLength];
        "clamproxy"u8.CopyTo(header);
        "0000644\00000000\00000000\000000000000\000000000000\0        0"u8.CopyTo(header.AsSpan(100));
        mark.CopyTo(header.AsSpan(257));
        Encoding.ASCII.GetBytes($"{Convert.ToString(header.Sum(one => one), 8).PadLeft(6, '0')}\0 ").CopyTo(header, 148);
        return header;
    }

    private sealed class Row(IReadOnlyList<Func<Stream>> parts) : AsyncReadStream
    {
        private Stream _now = Null;
        private int _next;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read;
            while ((read = await _now.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) == 0 && _next < parts.Count)
            {
                await _now.DisposeAsync().ConfigureAwait(false);
                _now = parts[_next++]();
            }

            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _now.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
