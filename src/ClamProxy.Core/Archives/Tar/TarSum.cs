using System.Buffers;
using static ClamProxy.Core.Archives.Tar.TarFormat;

namespace ClamProxy.Core.Archives.Tar;

/// <summary>
/// A tar header's checksum, as anybody may read it: leniently, since what is one to somebody must not be taken for something else.
/// </summary>
internal static class TarSum
{
    /// <summary>The sum counts its own field as spaces: of unsigned bytes it cannot be less.</summary>
    private const int LeastUnsigned = SumLength * ' ';

    /// <summary>Enough digits not to be there by chance in one of a large file's blocks.</summary>
    private const int EnoughDigits = 3;

    private static readonly SearchValues<byte> InSizes = SearchValues.Create(" \t+01234567"u8);

    public enum Kind
    {
        Wrong = 0,
        Unsigned,
        Signed,
    }

    /// <param name="isFirst">It is a file's first block, of which few begin as a tar by chance.</param>
    public static Kind Of(ReadOnlySpan<byte> block, bool isFirst)
    {
        var field = block.Slice(SumAt, SumLength);
        var (number, isNumber) = field[0] is 0x80 or 0xff ? Binary(field, isFirst) : Octal(field, isFirst ? 1 : EnoughDigits);
        var digits = isFirst ? DigitsOnly(field) : 0;
        if (!isNumber && digits < LeastUnsigned)
        {
            return Kind.Wrong;
        }

        var (unsigned, signed) = (0L, 0L);
        for (var at = 0; at < BlockLength; at++)
        {
            var one = at is >= SumAt and < SumAt + SumLength ? (byte)' ' : block[at];
            unsigned += one;
            signed += (sbyte)one;
        }

        return Is(unsigned) ? Kind.Unsigned : Is(signed) && HasSize(block) ? Kind.Signed : Kind.Wrong;

        bool Is(long sum) => (isNumber && sum == number) || (sum >= LeastUnsigned && sum == digits);
    }

    /// <summary>Sums of signed bytes are small, and there by chance where the size is none: no reader goes on with such a header.</summary>
    private static bool HasSize(ReadOnlySpan<byte> block)
    {
        var size = block.Slice(SizeAt, SizeLength);
        var end = size.IndexOf((byte)0);
        return size[0] is 0x80 or 0xff || !(end < 0 ? size : size[..end]).ContainsAnyExcept(InSizes);
    }

    /// <summary>As GNU tar writes large numbers; less than nothing behind 255.</summary>
    private static (long Value, bool IsNumber) Binary(ReadOnlySpan<byte> field, bool isFirst)
    {
        long value = field[0] == 0xff ? -1 : 0;
        foreach (var one in field[1..])
        {
            value = (value << 8) | one;
        }

        return (value, isFirst || value >= LeastUnsigned);
    }

    /// <summary>Behind zeros, white space and a plus, up to whatever is no digit.</summary>
    private static (long Value, bool IsNumber) Octal(ReadOnlySpan<byte> field, int leastDigits)
    {
        long value = 0;
        var digits = field.TrimStart("\0 \t\n\v\f\r+"u8);
        var count = 0;
        while (count < digits.Length && digits[count] is >= (byte)'0' and <= (byte)'7')
        {
            value = (value * 8) + (digits[count++] - '0');
        }

        var isEnded = count == digits.Length || digits[count] is 0 or (byte)' ';
        return (value, value >= LeastUnsigned || (isEnded && count >= leastDigits));
    }

    /// <summary>Python takes "0o" and "_" for parts of a number, and reads a file's first block only.</summary>
    private static long DigitsOnly(ReadOnlySpan<byte> field)
    {
        long value = 0;
        foreach (var one in field)
        {
            if (one is >= (byte)'0' and <= (byte)'7')
            {
                value = (value * 8) + (one - '0');
            }
        }

        return value;
    }
}
