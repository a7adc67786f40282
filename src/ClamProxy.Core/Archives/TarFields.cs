using System.Globalization;
using System.Text;

namespace ClamProxy.Core.Archives;

/// <summary>The fields of a pax header: lines of "length key=value".</summary>
internal static class TarFields
{
    /// <returns>The size that stands in them, null: none does; and whether the path does that stands in them end as a folder's.</returns>
    /// <exception cref="ArchiveTroubleException">They are broken, or make a file of parts of itself.</exception>
    public static (long? Size, bool IsFolders) Read(ReadOnlySpan<byte> fields)
    {
        var sizeLines = SizeLines(fields);
        var isFolders = false;
        long? size = null;
        while (!fields.IsEmpty && fields[0] != 0)
        {
            var space = fields.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(fields[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= space || length > fields.Length)
            {
                throw TarLook.Broken("its fields are not readable");
            }

            var field = fields[(space + 1)..length];
            if (field.StartsWith("GNU.sparse."u8)) throw TarLook.Sparse();
            if (field.StartsWith("size="u8))
            {
                if (!long.TryParse(Encoding.Latin1.GetString(field[5..]).TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var value)) throw TarLook.Broken("a size in its fields is not readable");
                size = value;
                sizeLines--;
            }

            if (field.StartsWith("path="u8)) isFolders = field.TrimEnd("\n\0"u8).EndsWith("/"u8);
            fields = fields[length..];
        }

        return sizeLines == 0 ? (size, isFolders) : throw TarLook.Broken("a size stands inside of another of its fields");
    }

    /// <summary>How many lines there are with a size: npm goes by lines, others by lengths.</summary>
    private static int SizeLines(ReadOnlySpan<byte> fields)
    {
        var count = 0;
        foreach (var line in fields.Split((byte)'\n'))
        {
            if (fields[line].TrimStart("0123456789"u8).StartsWith(" size="u8)) count++;
        }

        return count;
    }
}
