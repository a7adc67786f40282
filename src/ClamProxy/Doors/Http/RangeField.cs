using System.Globalization;

namespace ClamProxy.Doors.Http;

/// <summary>Reads a Range field (RFC 9110 §14.1.1) against a file's length.</summary>
internal static class RangeField
{
    /// <returns>
    /// Null: the field is to be ignored (another unit, not well-formed, more parts than allowed, or parts that together exceed the
    /// file, §14.2). Empty: none of the parts is there. Otherwise the parts that are there, in the order asked for.
    /// </returns>
    public static IReadOnlyList<ByteRange>? Parse(string field, long fileLength, int mostRanges)
    {
        var equals = field.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || !field.AsSpan(0, equals).Trim().Equals("bytes", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var there = new List<ByteRange>();
        var asked = 0;
        foreach (var part in field.AsSpan(equals + 1).Split(','))
        {
            var spec = field.AsSpan(equals + 1)[part].Trim(" \t");
            if (spec.IsEmpty)
            {
                continue;
            }

            if (++asked > mostRanges || !TryParse(spec, fileLength, out var range))
            {
                return null;
            }

            if (range is { } found)
            {
                there.Add(found);
            }
        }

        return asked == 0 || there.Sum(range => (decimal)range.Length) > fileLength ? null : there;
    }

    /// <summary>One part: <c>first-last</c>, <c>first-</c> or <c>-suffix</c>; false when it is not well-formed, null when it is not there.</summary>
    private static bool TryParse(ReadOnlySpan<char> spec, long fileLength, out ByteRange? range)
    {
        range = null;
        var dash = spec.IndexOf('-');
        if (dash < 0 || !TryReadNumber(spec[..dash], out var first) || !TryReadNumber(spec[(dash + 1)..], out var last))
        {
            return false;
        }

        if (first is null)
        {
            var suffix = Math.Min(last ?? 0, fileLength);
            range = suffix > 0 ? new ByteRange(fileLength - suffix, suffix) : null;
            return last is not null;
        }

        if (last < first)
        {
            return false;
        }

        range = first < fileLength ? new ByteRange(first.Value, Math.Min(last ?? long.MaxValue, fileLength - 1) - first.Value + 1) : null;
        return true;
    }

    /// <summary>Digits only; a number that is larger than any file counts as the largest one.</summary>
    private static bool TryReadNumber(ReadOnlySpan<char> digits, out long? number)
    {
        number = null;
        if (digits.IsEmpty)
        {
            return true;
        }

        if (digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        number = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : long.MaxValue;
        return true;
    }
}
