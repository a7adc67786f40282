using Microsoft.Extensions.Primitives;

namespace ClamProxy.Ranges;

/// <summary>Looks for a file's entity tag in an If-Match or If-None-Match field (RFC 9110 §8.8.3.2).</summary>
internal static class EntityTags
{
    private const string Weak = "W/";

    /// <summary>Whether the field is <c>*</c> or has the very tag; a weak one is never the same.</summary>
    public static bool HoldStrongly(StringValues field, string? etag) =>
        field is ["*"] || (etag is not null && !etag.StartsWith(Weak, StringComparison.Ordinal) && Has(field, etag, isWeakToo: false));

    /// <summary>Whether the field is <c>*</c> or has the tag, weak or not.</summary>
    public static bool HoldWeakly(StringValues field, string? etag) =>
        field is ["*"] || (etag is not null && Has(field, Opaque(etag), isWeakToo: true));

    private static bool Has(StringValues field, ReadOnlySpan<char> tag, bool isWeakToo)
    {
        foreach (var line in field)
        {
            if (Has(line, tag, isWeakToo))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The tag may have a comma within; what is not a tag ends at the next comma.</summary>
    private static bool Has(ReadOnlySpan<char> list, ReadOnlySpan<char> tag, bool isWeakToo)
    {
        while (!list.IsEmpty)
        {
            list = list.TrimStart(" \t,");
            var one = isWeakToo ? Opaque(list) : list;
            if (one.StartsWith(tag) && one[tag.Length..].TrimStart(" \t") is [] or [',', ..])
            {
                return true;
            }

            var comma = list.IndexOf(',');
            list = comma < 0 ? [] : list[comma..];
        }

        return false;
    }

    private static ReadOnlySpan<char> Opaque(ReadOnlySpan<char> tag) =>
        tag.StartsWith(Weak, StringComparison.Ordinal) ? tag[Weak.Length..] : tag;
}
