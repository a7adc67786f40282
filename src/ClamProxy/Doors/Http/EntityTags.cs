using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http;

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
            for (var rest = line.AsSpan().Trim(" \t,"); !rest.IsEmpty; rest = rest.TrimStart(" \t,"))
            {
                var one = Next(ref rest);
                if ((isWeakToo ? Opaque(one) : one).SequenceEqual(tag))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Takes one tag off a list. A comma within quotes is the tag's; what is not a tag ends at the next comma.</summary>
    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> list)
    {
        var opaque = Opaque(list);
        var closingQuote = opaque.StartsWith('"') ? opaque[1..].IndexOf('"') + 1 : 0;
        var quoted = list.Length - opaque.Length + closingQuote;
        var comma = list[quoted..].IndexOf(',');
        var tag = comma < 0 ? list : list[..(quoted + comma)];
        list = list[tag.Length..];
        return tag.TrimEnd(" \t");
    }

    private static ReadOnlySpan<char> Opaque(ReadOnlySpan<char> tag) => tag.StartsWith(Weak, StringComparison.Ordinal) ? tag[Weak.Length..] : tag;
}
