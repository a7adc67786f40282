using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Archives.Compound;

/// <summary>A stream of a compound file: its sectors, wherever they lie in the whole. The whole stays its owner's.</summary>
internal sealed class SectorChain(IContentReader whole) : IContentReader
{
    // Where each run of neighbouring sectors begins in the stream, and in the whole.
    private readonly List<(long At, long WholeAt, long Length)> _runs = [];

    /// <summary>In how many pieces it lies.</summary>
    public int Runs => _runs.Count;

    public long Length { get; private set; }

    public SafeFileHandle? File => null;

    public void Add(long wholeAt, long length)
    {
        if (_runs.Count > 0 && _runs[^1] is var last && last.WholeAt + last.Length == wholeAt)
        {
            _runs[^1] = last with { Length = last.Length + length };
        }
        else
        {
            _runs.Add((Length, wholeAt, length));
        }

        Length += length;
    }

    /// <summary>The last sector is filled up with something that is none of the stream.</summary>
    public void CutTo(long length) => Length = Math.Min(Length, length);

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        if (offset < 0 || offset >= Length)
        {
            return ValueTask.FromResult(0);
        }

        var run = _runs[Find(offset)];
        var left = Math.Min(run.At + run.Length, Length) - offset;
        return whole.ReadAsync(run.WholeAt + offset - run.At, into[..(int)Math.Min(left, into.Length)], cancellationToken);
    }

    public void Dispose()
    {
    }

    private int Find(long offset)
    {
        var (low, high) = (0, _runs.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _runs[middle].At <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
