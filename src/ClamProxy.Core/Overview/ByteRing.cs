using System.Buffers.Binary;

namespace ClamProxy.Core.Overview;

/// <summary>
/// Entries of some bytes, one behind the other in one array: the oldest make room. It takes its array and no more, however much
/// comes.
/// </summary>
internal sealed class ByteRing(int capacity)
{
    /// <summary>An entry's length stands before and behind it, so that it can be found from both sides.</summary>
    private const int Frame = 2 * sizeof(ushort);

    private readonly Lock _gate = new();
    private readonly byte[] _bytes = new byte[capacity];
    private long _first;
    private long _end;

    /// <exception cref="ArgumentException">It is longer than the ring takes.</exception>
    public void Add(ReadOnlySpan<byte> entry)
    {
        if (entry.Length > ushort.MaxValue || entry.Length + Frame > capacity)
        {
            throw new ArgumentException("The entry is too long.", nameof(entry));
        }

        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)entry.Length);
        lock (_gate)
        {
            while (_end - _first + entry.Length + Frame > capacity)
            {
                DropOldest();
            }

            Write(length);
            Write(entry);
            Write(length);
        }
    }

    /// <summary>A copy of the newest entries as they lie, for <see cref="TryTakeNewest"/>; the oldest of them may be cut.</summary>
    public byte[] Copy(int most = int.MaxValue)
    {
        lock (_gate)
        {
            var copy = new byte[(int)Math.Min(most, _end - _first)];
            Read(_end - copy.Length, copy);
            return copy;
        }
    }

    /// <summary>Takes the newest entry off the end of a copy.</summary>
    /// <returns>False: there is none that is whole.</returns>
    public static bool TryTakeNewest(ref ReadOnlySpan<byte> copy, out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (copy.Length < Frame)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(copy[^sizeof(ushort)..]);
        if (copy.Length < length + Frame)
        {
            return false;
        }

        entry = copy[^(length + sizeof(ushort))..^sizeof(ushort)];
        copy = copy[..^(length + Frame)];
        return true;
    }

    private void DropOldest()
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        Read(_first, length);
        _first += BinaryPrimitives.ReadUInt16LittleEndian(length) + Frame;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        var at = (int)(_end % capacity);
        var whole = Math.Min(bytes.Length, capacity - at);
        bytes[..whole].CopyTo(_bytes.AsSpan(at));
        bytes[whole..].CopyTo(_bytes);
        _end += bytes.Length;
    }

    private void Read(long from, Span<byte> into)
    {
        var at = (int)(from % capacity);
        var whole = Math.Min(into.Length, capacity - at);
        _bytes.AsSpan(at, whole).CopyTo(into);
        _bytes.AsSpan(0, into.Length - whole).CopyTo(into[whole..]);
    }
}
