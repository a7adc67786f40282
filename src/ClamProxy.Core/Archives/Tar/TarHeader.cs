using System.Buffers;
using System.Text;
using static ClamProxy.Core.Archives.Tar.TarFormat;

namespace ClamProxy.Core.Archives.Tar;

/// <summary>One header of a tar (POSIX ustar, GNU, or the old one without a mark).</summary>
/// <param name="Type">What it is: a file, a link, or a header for the next.</param>
/// <param name="Size">Its bytes; null: not written in octal digits, which is all that the scanner reads.</param>
internal readonly record struct TarHeader(char Type, long? Size)
{
    private const int NameLength = 100;
    private const int TypeAt = 156;
    private const int LinkAt = 157;
    private const int LinkLength = 100;
    private const int MarkAt = 257;
    private const int PrefixAt = 345;
    private const int PrefixLength = 155;

    /// <summary>Line ends, and the first byte of those that Unicode has besides.</summary>
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create([(byte)'\n', (byte)'\r', 0xe2]);

    /// <summary>Its data is the file's.</summary>
    public bool IsFile => Type is '0' or '\0' or '7';

    /// <summary>A link, device, folder or pipe.</summary>
    public bool HasNoData => IsWithoutData(Type);

    /// <summary>Fields for the next member, or all of them (pax).</summary>
    public bool IsPax => Type is 'x' or 'g' or 'X';

    /// <summary>A longer name or link for the next member (GNU).</summary>
    public bool IsName => Type is 'L' or 'K';

    /// <summary>A label of the whole, or a list of names: with or without data.</summary>
    public bool MayBeEmpty => IsFile || HasNoData || Type is 'D' or 'V';

    /// <summary>
    /// Its sum is that of signed bytes, as some old tars write it, or is not written in digits with nothing but spaces in front: the
    /// scanner wants that.
    /// </summary>
    public bool HasOddSum { get; private init; }

    /// <summary>Its name is empty: the scanner takes that for the tar's end.</summary>
    public bool HasNoName { get; private init; }

    /// <summary>
    /// Its name ends as a folder's, or it has a link's target: npm reads a file's data as headers then. npm cuts names off at a zero byte,
    /// and goes on behind a line's end.
    /// </summary>
    public bool LooksLikeNoFile { get; private init; }

    /// <summary>Whether these bytes are one, by their sum.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> block) =>
        block.Length >= BlockLength && TarSum.Of(block, isFirst: false) is not TarSum.Kind.Wrong;

    /// <summary>Whether a file that begins so is taken for a tar by somebody: by a header, or by its mark alone.</summary>
    public static bool IsTar(ReadOnlySpan<byte> head) =>
        (head.Length >= BlockLength && TarSum.Of(head, isFirst: true) is not TarSum.Kind.Wrong) || IsMarked(head);

    /// <summary>Whether it bears the mark that POSIX and GNU have in common.</summary>
    public static bool IsMarked(ReadOnlySpan<byte> head) => head.Length >= BlockLength && head[MarkAt..].StartsWith("ustar"u8);

    /// <returns>Null: these bytes are none, by their sum.</returns>
    public static TarHeader? Parse(ReadOnlySpan<byte> block)
    {
        var sum = TarSum.Of(block, isFirst: false);
        if (sum is TarSum.Kind.Wrong)
        {
            return null;
        }

        var type = (char)block[TypeAt];
        var name = block[..NameLength];
        var link = block.Slice(LinkAt, LinkLength);
        var end = name.IndexOf((byte)0);
        return new TarHeader(type, SizeOf(block.Slice(SizeAt, SizeLength), type))
        {
            HasOddSum = sum is not TarSum.Kind.Unsigned || !IsOctal(block.Slice(SumAt, SumLength)),
            HasNoName = end == 0,
            LooksLikeNoFile = (end < 0 ? name : name[..end]).EndsWith("/"u8)
                || link[0] != 0
                || HidesLine(name)
                || HidesLine(link)
                || (IsPosix(block) && HidesLine(block.Slice(PrefixAt, PrefixLength))),
        };
    }

    private static bool IsWithoutData(char type) => type is >= '1' and <= '6';

    private static bool IsPosix(ReadOnlySpan<byte> block) => block[MarkAt..].StartsWith("ustar\0"u8);

    private static bool HidesLine(ReadOnlySpan<byte> field) =>
        field.IndexOf((byte)0) is >= 0 and var end && field[end..].ContainsAny(LineEnds);

    /// <summary>In digits, and with an end: npm reads on until there is one.</summary>
    private static bool IsOctal(ReadOnlySpan<byte> field) => Octal(field) is not null && field[^1] is 0 or (byte)' ';

    /// <summary>A field without a digit is nothing to some, and -1 to the scanner; where nothing has data, it does not matter.</summary>
    private static long? SizeOf(ReadOnlySpan<byte> field, char type) =>
        !field.ContainsAnyInRange((byte)'0', (byte)'7') && !IsWithoutData(type) && type != 'V' ? null : Octal(field);

    private static long? Octal(ReadOnlySpan<byte> field)
    {
        long value = 0;
        foreach (var digit in Encoding.Latin1.GetString(field).TrimStart(' ').TrimEnd('\0', ' '))
        {
            if (digit is < '0' or > '7')
            {
                return null;
            }

            value = (value * 8) + (digit - '0');
        }

        return value;
    }
}
