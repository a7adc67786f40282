using System.Globalization;
using System.Text;

namespace ClamProxy.Core.Archives;

/// <summary>The fields of a pax header: lines of "length key=value".</summary>
internal static class TarFields
{
    /// <returns>The size that stands in them; null: none does.</returns>
    /// <exception cref="ArchiveTroubleException">They are broken, or make a file of parts of itself.</exception>
    public static long? SizeIn(ReadOnlySpan<byte> fields)
    {
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
            }

            fields = fields[length..];
        }

        return size;
    }
}
