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

    /// <summary>Its sum is that of signed bytes, as some old tars write it: the scanner wants the other.</summary>
    public bool HasSignedSum { get; private init; }

    /// <summary>Whether these bytes are one, by their sum.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> block) => block.Length >= Length && SumOf(block) is not HeaderSum.Wrong;

    /// <summary>Whether a file that begins so is taken for a tar by somebody: by a header, or by its mark alone.</summary>
    public static bool IsTar(ReadOnlySpan<byte> head) => IsHeader(head) || IsMarked(head);

    /// <summary>Whether it bears the mark that POSIX and GNU have in common.</summary>
    public static bool IsMarked(ReadOnlySpan<byte> head) => head.Length >= Length && head[MarkAt..].StartsWith("ustar"u8);

    public static TarHeader Parse(ReadOnlySpan<byte> block) =>
        new((char)block[TypeAt], Octal(Encoding.Latin1.GetString(block.Slice(SizeAt, SizeLength)).TrimStart(' '))) { HasSignedSum = SumOf(block) is HeaderSum.Signed };

    private static HeaderSum SumOf(ReadOnlySpan<byte> block)
    {
        if (Octal(Encoding.Latin1.GetString(block.Slice(SumAt, SumLength)).TrimStart('\0', ' ')) is not { } sum) return HeaderSum.Wrong;
        var (unsigned, signed) = (0L, 0L);
        for (var at = 0; at < Length; at++)
        {
            var one = at is >= SumAt and < SumAt + SumLength ? (byte)' ' : block[at];
            unsigned += one;
            signed += (sbyte)one;
        }

        return sum <= 0 ? HeaderSum.Wrong : sum == unsigned ? HeaderSum.Unsigned : sum == signed ? HeaderSum.Signed : HeaderSum.Wrong;
    }

    private static long? Octal(string field)
    {
        long value = 0;
        foreach (var digit in field.TrimEnd('\0', ' '))
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
