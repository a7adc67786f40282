using System.Buffers;
using System.Text;

namespace ClamProxy.Doors.Icap.Protocol;

/// <summary>Reads a head: its first line, and the fields below (RFC 9112 §2.2, §5). Of ICAP, and of the HTTP that it carries.</summary>
internal static class FieldLines
{
    // RFC 9110 §5.6.2.
    private static readonly SearchValues<byte> OfNames =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7f).Where(code => code != '\t').Select(code => (byte)code)]);

    /// <param name="head">Up to the empty line, which may be in it.</param>
    /// <param name="isStrict">ICAP's own: no folded lines, no bare line feeds, a name that is a token.</param>
    /// <returns>Null: it cannot be read.</returns>
    public static (string First, IReadOnlyList<KeyValuePair<string, string>> Fields)? Read(ReadOnlySpan<byte> head, bool isStrict)
    {
        string? first = null;
        var fields = new List<KeyValuePair<string, string>>();
        while (!head.IsEmpty)
        {
            var end = head.IndexOf((byte)'\n');
            var line = end < 0 ? head : head[..end];
            head = end < 0 ? [] : head[(end + 1)..];
            var hasReturn = line.EndsWith("\r"u8);
            line = hasReturn ? line[..^1] : line;
            if ((isStrict && !hasReturn) || line.ContainsAny(Controls))
            {
                return null;
            }

            if (line.IsEmpty)
            {
                break;
            }

            if (first is null)
            {
                first = Encoding.Latin1.GetString(line);
            }
            else if (!TryAdd(fields, line, isStrict))
            {
                return null;
            }
        }

        return first is null ? null : (first, fields);
    }

    private static bool TryAdd(List<KeyValuePair<string, string>> fields, ReadOnlySpan<byte> line, bool isStrict)
    {
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            // A folded line belongs to the one before (RFC 9112 §5.2).
            if (isStrict || fields.Count == 0)
            {
                return false;
            }

            var (name, value) = fields[^1];
            fields[^1] = new(name, $"{value} {Text(line)}");
            return true;
        }

        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }

        // Some servers send a blank before the colon, and some clients take that for the field.
        var before = isStrict ? line[..colon] : line[..colon].TrimEnd(" \t"u8);
        if (before.IsEmpty || before.ContainsAnyExcept(OfNames))
        {
            return !isStrict;
        }

        fields.Add(new(Encoding.Latin1.GetString(before), Text(line[(colon + 1)..])));
        return true;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value.Trim(" \t"u8));
}
