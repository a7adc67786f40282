using System.Text;

namespace ClamProxy.Core.Archives;

/// <summary>One header of a tar (POSIX ustar, GNU, or the old one without a mark).</summary>
/// <param name="Type">What it is: a file, a link, or a header for the next.</param>
/// <param name="Size">Its bytes; null: not written in octal digits, which is all that the scanner reads.</param>
internal readonly record struct TarHeader(char Type, long? Size)
{
    public const int Length = 512;

    private const int SizeAt = 124;
    private const int SizeLength = 12;
    private const int SumAt = 148;
    private const int SumLength = 8;
    private const int TypeAt = 156;
    private const int MarkAt = 257;

    /// <summary>Its data is the file's.</summary>
    public bool IsFile => Type is '0' or '\0' or '7';

    /// <summary>A link, device, folder or pipe.</summary>
    public bool HasNoData => Type is >= '1' and <= '6';

    /// <summary>Fields for the next member, or all of them (pax).</summary>
    public bool IsPax => Type is 'x' or 'g' or 'X';

    /// <summary>A longer name or link, or a list of names (GNU): nobody's file.</summary>
    public bool IsNote => Type is 'L' or 'K' or 'D';

    /// <summary>Whether these bytes are one, by their sum.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> block)
    {
        if (block.Length < Length || Octal(block.Slice(SumAt, SumLength)) is not { } sum) return false;
        var (unsigned, signed) = (0L, 0L);
        for (var at = 0; at < Length; at++)
        {
            var one = at is >= SumAt and < SumAt + SumLength ? (byte)' ' : block[at];
            unsigned += one;
            signed += (sbyte)one;
        }

        return sum > 0 && (sum == unsigned || sum == signed);
    }

    /// <summary>Whether a file that begins so is taken for a tar by somebody: by a header, or by its mark alone.</summary>
    public static bool IsTar(ReadOnlySpan<byte> head) => IsHeader(head) || (head.Length >= Length && head[MarkAt..].StartsWith("ustar"u8));

    public static TarHeader Parse(ReadOnlySpan<byte> block) => new((char)block[TypeAt], Octal(block.Slice(SizeAt, SizeLength)));

    private static long? Octal(ReadOnlySpan<byte> field)
    {
        var text = Encoding.Latin1.GetString(field).Trim('\0', ' ');
        long value = 0;
        foreach (var digit in text)
        {
            if (digit is < '0' or > '7') return null;
            value = (value * 8) + (digit - '0');
        }

        return value;
    }
}
