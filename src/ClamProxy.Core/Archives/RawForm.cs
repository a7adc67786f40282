using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives;

/// <summary>Contents that a scanner passes over, behind one another as one text: it begins with as many empty lines as clamd goes by, so that clamd
/// matches its signatures on every byte behind them.</summary>
internal sealed class RawForm
{
    private static readonly byte[] Front = [.. Enumerable.Repeat((byte)'\n', PassedOver.HeadLength)];

    private readonly List<Func<Stream>> _parts = [() => new MemoryStream(Front, writable: false)];

    /// <summary>In bytes, with what is in front.</summary>
    public long Length { get; private set; } = Front.Length;

    public bool IsEmpty => _parts.Count == 1;

    public static RawForm Of(Func<Stream> open, long length)
    {
        var form = new RawForm();
        form.Add(open, length);
        return form;
    }

    /// <param name="open">Opens it from its beginning, as often as it is called.</param>
    /// <param name="length">In bytes.</param>
    public void Add(Func<Stream> open, long length)
    {
        _parts.Add(open);
        Length += length;
    }

    public Stream Open() => new Row(_parts);

    private sealed class Row(IReadOnlyList<Func<Stream>> parts) : AsyncReadStream
    {
        private Stream _now = Null;
        private int _next;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read;
            while ((read = await _now.ReadAsync(buffer, cancellationToken)) == 0 && _next < parts.Count)
            {
                await _now.DisposeAsync();
                _now = parts[_next++]();
            }

            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _now.Dispose();
            base.Dispose(disposing);
        }
    }
}
