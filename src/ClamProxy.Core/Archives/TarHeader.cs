using System.Text;

namespace ClamProxy.Core.Archives;

/// <summary>One header of a tar (POSIX ustar, GNU, or the old one without a mark).</summary>
/// <param name="Type">What it is: a file, a link, or a header for the next.</param>
/// <param name="Size">Its bytes; null: not written in octal digits, which is all that the scanner reads.</param>
internal readonly record struct TarHeader(char Type, long? Size)
{
    public const int Length = 512;

    /// <summary>So many blocks in front of a first header are looked at.</summary>
    public const int BlocksInFront = 20;

    private const int NameLength = 100;
    private const int SizeAt = 124;
    private const int SizeLength = 12;
    private const int SumAt = 148;
    private const int SumLength = 8;

    /// <summary>The sum counts its own field as eight spaces: less is a chance digit.</summary>
    private const int LeastSum = SumLength * ' ';

    private const int TypeAt = 156;
    private const int LinkAt = 157;
    private const int MarkAt = 257;

    /// <summary>Its data is the file's.</summary>
    public bool IsFile => Type is '0' or '\0' or '7';

    /// <summary>A link, device, folder or pipe.</summary>
    public bool HasNoData => Type is >= '1' and <= '6';

    /// <summary>Fields for the next member, or all of them (pax).</summary>
    public bool IsPax => Type is 'x' or 'g' or 'X';

    /// <summary>A longer name or link, or a list of names (GNU): nobody's file.</summary>
    public bool IsNote => Type is 'L' or 'K' or 'D';

    /// <summary>A label of the whole, or a list of names: with or without data.</summary>
    public bool MayBeEmpty => IsFile || HasNoData || Type is 'D' or 'V';

    /// <summary>Its sum is that of signed bytes, as some old tars write it, or is not written in digits with nothing but spaces in front: the scanner wants that.</summary>
    public bool HasOddSum { get; private init; }

    /// <summary>Its name is empty: the scanner takes that for the tar's end.</summary>
    public bool HasNoName { get; private init; }

    /// <summary>Its name ends as a folder's, or it has a link's target: npm reads a file's data as headers then.</summary>
    public bool LooksLikeNoFile { get; private init; }

    /// <summary>Whether these bytes are one, by their sum.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> block) => block.Length >= Length && SumOf(block) is not HeaderSum.Wrong;

    /// <summary>Whether a file that begins so is taken for a tar by somebody: by a header, or by its mark alone.</summary>
    public static bool IsTar(ReadOnlySpan<byte> head) => IsHeader(head) || IsMarked(head);

    /// <summary>Whether it bears the mark that POSIX and GNU have in common.</summary>
    public static bool IsMarked(ReadOnlySpan<byte> head) => head.Length >= Length && head[MarkAt..].StartsWith("ustar"u8);

    /// <exception cref="ArchiveTroubleException">One of these blocks is a header: some go on until they find one.</exception>
    public static void RefuseAny(ReadOnlySpan<byte> blocks)
    {
        for (; blocks.Length >= Length; blocks = blocks[Length..])
        {
            if (IsHeader(blocks[..Length])) throw TarLook.Broken("it begins with something else");
        }
    }

    public static TarHeader Parse(ReadOnlySpan<byte> block)
    {
        var name = block[..NameLength];
        var end = name.IndexOf((byte)0);
        return new TarHeader((char)block[TypeAt], Octal(block.Slice(SizeAt, SizeLength)))
        {
            HasOddSum = SumOf(block) is not HeaderSum.Unsigned || Octal(block.Slice(SumAt, SumLength)) is null,
            HasNoName = end == 0,
            LooksLikeNoFile = (end < 0 ? name : name[..end]).EndsWith("/"u8) || block[LinkAt] != 0,
        };
    }

    private static HeaderSum SumOf(ReadOnlySpan<byte> block)
    {
        var sum = LenientNumber(block.Slice(SumAt, SumLength));
        if (sum < LeastSum) return HeaderSum.Wrong;
        var (unsigned, signed) = (0L, 0L);
        for (var at = 0; at < Length; at++)
        {
            var one = at is >= SumAt and < SumAt + SumLength ? (byte)' ' : block[at];
            unsigned += one;
            signed += (sbyte)one;
        }

        return sum == unsigned ? HeaderSum.Unsigned : sum == signed ? HeaderSum.Signed : HeaderSum.Wrong;
    }

    /// <summary>As somebody may read it: behind zeros and spaces, up to whatever is no digit; or binary.</summary>
    private static long LenientNumber(ReadOnlySpan<byte> field)
    {
        long value = 0;
        if (field[0] is 0x80 or 0xff)
        {
            foreach (var one in field[1..]) value = (value << 8) | one;
            return value;
        }

        foreach (var digit in field.TrimStart("\0 "u8))
        {
            if (digit is < (byte)'0' or > (byte)'7') break;
            value = (value * 8) + (digit - '0');
        }

        return value;
    }

    private static long? Octal(ReadOnlySpan<byte> field)
    {
        long value = 0;
        foreach (var digit in Encoding.Latin1.GetString(field).TrimStart(' ').TrimEnd('\0', ' '))
        {
            if (digit is < '0' or > '7') return null;
            value = (value * 8) + (digit - '0');
        }

        return value;
    }

    private enum HeaderSum
    {
        Wrong = 0,
        Unsigned,
        Signed,
    }
}
