using System.Text;
using ClamProxy.Ranges;

namespace ClamProxy.Fuzz;

/// <summary>
/// Range fields, each against files from nothing to the largest there can be. Nothing is thrown; every range lies in the file and has
/// bytes; they are not more than allowed, nor more bytes than the file has; and they are those, in that order, that
/// <see cref="RangeModel"/> reads.
/// </summary>
internal static class RangeFieldTarget
{
    private static readonly long[] Lengths = [0, 1, 10, 1000, int.MaxValue, long.MaxValue / 2, long.MaxValue];
    private static readonly int[] Most = [1, 4, 1000];

    public static FuzzTarget Create() => new(
        "range-field",
        [
            "bytes=",
            "BYTES=",
            "bytes",
            "=",
            "-",
            ",",
            ", ",
            ",,",
            " ",
            "\t",
            "0",
            "9",
            "0-0",
            "0-",
            "-0",
            "-1",
            "1-2",
            "5-9",
            "9-5",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551616",
            "2147483647",
            "99999999999999999999"],
        Check);

    private static FuzzOutcome Check(byte[] input)
    {
        var field = Encoding.Latin1.GetString(input);
        var classes = new StringBuilder();
        foreach (var length in Lengths)
        {
            foreach (var most in Most)
            {
                var ranges = RangeField.Parse(field, length, most);
                classes.Append(ranges is null ? "all" : Math.Min(ranges.Count, 4)).Append(' ');
                if (Violation(field, length, most, ranges) is { } violation)
                {
                    return new FuzzOutcome(classes.ToString(), $"{violation} (of {length} bytes, {most} at most)");
                }
            }
        }

        return new FuzzOutcome(classes.ToString(), null);
    }

    private static string? Violation(string field, long length, int most, IReadOnlyList<ByteRange>? ranges)
    {
        var there = ranges ?? [];
        if (there.Any(range => range.Start < 0 || range.Length <= 0 || range.Length > length - range.Start || range.Last < range.Start))
        {
            return "every range lies in the file";
        }

        if (there.Count > most)
        {
            return "no more ranges than allowed";
        }

        if (there.Aggregate(Int128.Zero, (sum, range) => sum + range.Length) > length)
        {
            return "no more bytes than the file has";
        }

        var expected = RangeModel.Read(field, length, most);
        return (ranges is null) == (expected is null) && there.SequenceEqual(expected ?? [])
            ? null
            : "as the model, in the order asked for";
    }
}
