using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using ClamProxy.Ranges;

namespace ClamProxy.Fuzz;

/// <summary>A Range field read the slow way: decision 0016's table, by regular expressions and numbers without bounds.</summary>
internal static partial class RangeModel
{
    /// <returns>As <see cref="RangeField.Parse"/>.</returns>
    public static IReadOnlyList<ByteRange>? Read(string field, BigInteger length, int most)
    {
        if (!BytesUnit().IsMatch(field))
        {
            return null;
        }

        var there = new List<(BigInteger First, BigInteger Count)>();
        foreach (var part in field["bytes=".Length..].Split(',').Select(part => part.Trim(' ', '\t')).Where(part => part.Length > 0))
        {
            var spec = Spec().Match(part);
            if (!spec.Success)
            {
                return [];
            }

            var (first, count) = Part(spec, length);
            if (count > 0 && there.Count == most)
            {
                return null;
            }

            if (count > 0)
            {
                there.Add((first, count));
            }
            else if (first == 0)
            {
                return null;
            }
        }

        var sum = there.Aggregate(BigInteger.Zero, (bytes, part) => bytes + part.Count);
        return sum > length ? null : [.. there.Select(part => new ByteRange((long)part.First, (long)part.Count))];
    }

    private static (BigInteger First, BigInteger Count) Part(Match spec, BigInteger length)
    {
        if (spec.Groups["suffix"] is { Success: true } suffix)
        {
            var count = BigInteger.Min(Number(suffix), length);
            return (length - count, count);
        }

        var first = Number(spec.Groups["first"]);
        var last = spec.Groups["last"].Length > 0 ? BigInteger.Min(Number(spec.Groups["last"]), length - 1) : length - 1;
        return (first, BigInteger.Max(0, last - first + 1));
    }

    private static BigInteger Number(Group digits) => BigInteger.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[Bb][Yy][Tt][Ee][Ss]=.", RegexOptions.Singleline)]
    private static partial Regex BytesUnit();

    [GeneratedRegex(@"\A(?:(?<first>[0-9]+) *- *(?<last>[0-9]*)|-(?<suffix>[0-9]+))\z")]
    private static partial Regex Spec();
}
