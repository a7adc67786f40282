using System.Globalization;

namespace ClamProxy.Ranges;

/// <summary>
/// Reads a Range field (RFC 9110 §14.1.1) against a file's length. Where the RFC leaves a choice it is nginx's, which sends stored files
/// itself: a client must not see who did (decision 0016).
/// </summary>
internal static class RangeField
{
    private const string Unit = "bytes=";

    /// <returns>
    /// Null: the whole file (another unit, more parts than allowed, parts that together exceed the file, or an empty file from its
    /// beginning). Empty: not satisfiable (not well-formed, or no part is there). Otherwise the parts that are there, in the order asked
    /// for.
    /// </returns>
    public static IReadOnlyList<ByteRange>? Parse(string field, long fileLength, int mostRanges)
    {
        if (field.Length <= Unit.Length || !field.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var there = new List<ByteRange>();

        // Counted down: the sum of what is asked for may be more than a number holds.
        var left = fileLength;
        var specs = field.AsSpan(Unit.Length);
        foreach (var part in specs.Split(','))
        {
            var spec = specs[part].Trim(" \t");
            if (spec.IsEmpty)
            {
                continue;
            }

            if (!TryRead(spec, fileLength, out var range))
            {
                return [];
            }

            var isThere = range.Length > 0;
            if ((isThere && there.Count == mostRanges) || (!isThere && range.Start == 0))
            {
                return null;
            }

            if (isThere)
            {
                there.Add(range);
                left = left < range.Length ? -1 : left - range.Length;
            }
        }

        return left < 0 ? null : there;
    }

    /// <summary>
    /// One part: <c>first-last</c>, <c>first-</c> or <c>-suffix</c>; false when it is not well-formed, of no length when it is not there.
    /// </summary>
    private static bool TryRead(ReadOnlySpan<char> spec, long fileLength, out ByteRange range)
    {
        range = default;
        var dash = spec.IndexOf('-');
        if (dash == 0)
        {
            var isSuffix = TryReadNumber(spec[1..], out var suffix);
            suffix = Math.Min(suffix, fileLength);
            range = new ByteRange(fileLength - suffix, suffix);
            return isSuffix;
        }

        if (dash < 0 || !TryReadNumber(spec[..dash].TrimEnd(' '), out var first))
        {
            return false;
        }

        var last = long.MaxValue;
        var digits = spec[(dash + 1)..].TrimStart(' ');
        if (!digits.IsEmpty && !TryReadNumber(digits, out last))
        {
            return false;
        }

        range = new ByteRange(first, Math.Max(0, Math.Min(last, fileLength - 1) - first + 1));
        return true;
    }

    /// <summary>Digits only; a number that is larger than any file counts as the largest one.</summary>
    private static bool TryReadNumber(ReadOnlySpan<char> digits, out long number)
    {
        number = 0;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            number = long.MaxValue;
        }

        return true;
    }
}
