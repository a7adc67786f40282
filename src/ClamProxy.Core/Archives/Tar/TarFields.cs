using System.Globalization;
using System.Text;
using ClamProxy.Core.Archives.Inspection;
using static ClamProxy.Core.Archives.Tar.TarTrouble;

namespace ClamProxy.Core.Archives.Tar;

/// <summary>The fields of a pax header: lines of "length key=value".</summary>
internal static class TarFields
{
    /// <returns>The size that stands in them, null: none does; and whether a path does that ends as a folder's.</returns>
    /// <exception cref="ArchiveTroubleException">They are broken, or make a file of parts of itself.</exception>
    public static (long? Size, bool IsFolders) Read(ReadOnlySpan<byte> fields)
    {
        var (sizes, paths) = (Lines(fields, " size="u8), Lines(fields, " path="u8));
        var isFolders = false;
        long? size = null;
        while (!fields.IsEmpty && fields[0] != 0)
        {
            var field = First(fields, out var length);
            if (field.StartsWith("GNU.sparse."u8))
            {
                throw Sparse();
            }

            if (field.StartsWith("size="u8))
            {
                size = Size(field[5..]);
                sizes--;
            }

            if (field.StartsWith("path="u8))
            {
                isFolders |= IsFolder(field[5..]);
                paths--;
            }

            fields = fields[length..];
        }

        return sizes == 0 && paths == 0 ? (size, isFolders) : throw Broken("a size or path stands inside of another of its fields");
    }

    /// <summary>GNU tar skips blanks in front of a key, and npm takes the zeros in front of a length for more of it.</summary>
    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> fields, out int length)
    {
        length = 0;
        var space = fields.IndexOf((byte)' ');
        if (space <= 0
            || fields[0] == '0'
            || !int.TryParse(fields[..space], NumberStyles.None, CultureInfo.InvariantCulture, out length)
            || length <= space
            || length > fields.Length)
        {
            throw NotReadable();
        }

        var field = fields[(space + 1)..length];
        return field.IsEmpty || field[0] is (byte)' ' or (byte)'\t' ? throw NotReadable() : field;
    }

    private static long Size(ReadOnlySpan<byte> value) =>
        long.TryParse(Encoding.Latin1.GetString(value).TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw Broken("a size in its fields is not readable");

    /// <summary>Some cut it off at a zero byte, some do not.</summary>
    private static bool IsFolder(ReadOnlySpan<byte> path)
    {
        path = path.TrimEnd("\n\0"u8);
        return path.IsEmpty || path.Contains((byte)0)
            ? throw Broken("a path in its fields is empty or continues after its end")
            : path.EndsWith("/"u8);
    }

    /// <summary>How many lines there are with such a field: npm goes by lines, others by lengths.</summary>
    private static int Lines(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> key)
    {
        var count = 0;
        foreach (var line in fields.Split((byte)'\n'))
        {
            if (fields[line].TrimStart("0123456789"u8).StartsWith(key))
            {
                count++;
            }
        }

        return count;
    }

    private static ArchiveTroubleException NotReadable() => Broken("its fields are not readable");
}
