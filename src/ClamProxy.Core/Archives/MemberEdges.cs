using System.Buffers.Binary;
using static ClamProxy.Core.Archives.ZipFormat;

namespace ClamProxy.Core.Archives;

/// <summary>The first and the last bytes of something that is read once from its beginning: they tell what it may be.</summary>
internal sealed class MemberEdges
{
    private const int TailLength = Locator64Length + EndLength + LongestComment;

    private readonly byte[] _head = new byte[PassedOver.HeadLength];
    private readonly byte[] _tail = new byte[2 * TailLength];
    private readonly TarHeaderSearch _headers = new();
    private int _headFilled;
    private int _tailFilled;

    /// <summary>All bytes so far.</summary>
    public long Length { get; private set; }

    public MemberKind Kind => BeginsAsZip || EndsAsZip() ? MemberKind.Zip
        : IsPacked(Head) ? MemberKind.Packed
        : Head.StartsWith("MSCF"u8) ? MemberKind.Cabinet
        : MemberKind.Other;

    public ReadOnlySpan<byte> Head => _head.AsSpan(0, _headFilled);

    /// <summary>A tar's header stands in it, though it is no tar.</summary>
    public bool HidesHeader => _headers.HasFound;

    /// <summary>The same, where those who pass over what they cannot read come to it.</summary>
    public bool HidesTar => _headers.HasFoundBeforeEnd;

    private bool BeginsAsZip => Length >= EndLength + LocalLength && Head.StartsWith("PK\u0003\u0004"u8);

    /// <summary>Whether something begins so that a look into it is worth while, though it is no zip or cabinet.</summary>
    public static bool IsPacked(ReadOnlySpan<byte> head) =>
        GzipEnd.IsGzip(head) || GzipEnd.IsOld(head) || XzStreams.IsXz(head) || head.StartsWith("BZh"u8) || PackageParts.IsPackage(head) || TarHeader.IsTar(head);

    public void Clear()
    {
        (_headFilled, _tailFilled, Length) = (0, 0, 0);
        _headers.Clear();
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        _headers.Add(bytes);
        var head = bytes[..Math.Min(bytes.Length, _head.Length - _headFilled)];
        head.CopyTo(_head.AsSpan(_headFilled));
        _headFilled += head.Length;
        if (bytes.Length > TailLength) bytes = bytes[^TailLength..];
        if (_tailFilled + bytes.Length > _tail.Length)
        {
            _tail.AsSpan(_tailFilled - TailLength, TailLength).CopyTo(_tail);
            _tailFilled = TailLength;
        }

        bytes.CopyTo(_tail.AsSpan(_tailFilled));
        _tailFilled += bytes.Length;
    }

    /// <summary>Whether some reader could take it for a zip behind something else: by an end whose directory is where it says, as far as the tail shows.</summary>
    private bool EndsAsZip()
    {
        ReadOnlySpan<byte> mark = "PK\u0005\u0006"u8;
        var tail = _tail.AsSpan(0, _tailFilled);
        for (var at = tail.LastIndexOf(mark); at >= 0; at = tail[..at].LastIndexOf(mark))
        {
            if (_tailFilled - at >= EndLength && IsEnd(tail, at)) return true;
        }

        return false;
    }

    private bool IsEnd(ReadOnlySpan<byte> tail, int at)
    {
        var isLong = at >= Locator64Length && BinaryPrimitives.ReadUInt32LittleEndian(tail[(at - Locator64Length)..]) == Locator64Mark;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail[(at + 12)..]);
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(tail[(at + 16)..]);
        return isLong || (length >= MemberLength && (MayBegin(tail, at - (long)length) || MayBegin(tail, offset - (Length - tail.Length))));
    }

    /// <summary>Whether a directory may begin there; out of the tail's sight it may.</summary>
    private bool MayBegin(ReadOnlySpan<byte> tail, long at) => at < 0
        ? at >= tail.Length - Length
        : at <= tail.Length - MarkLength && BinaryPrimitives.ReadUInt32LittleEndian(tail[(int)at..]) == MemberMark;
}
