namespace ClamProxy.Core.Messages;

/// <summary>
/// Reads the boundaries of a Content-Type (RFC 2046 §5.1.1). Lenient: where it names several, some receiver goes by each of them.
/// </summary>
internal static class MultipartBoundary
{
    private const string Name = "boundary";
    private const int Longest = 70;

    /// <returns>None: the type is none of parts, or names no boundary that a receiver could use.</returns>
    public static IEnumerable<string> AllOf(string contentType)
    {
        if (!contentType.TrimStart().StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            yield break;
        }

        var from = 0;
        while (contentType.IndexOf(Name, from, StringComparison.OrdinalIgnoreCase) is var found and >= 0)
        {
            from = found + Name.Length;
            if (contentType.AsSpan(from).TrimStart() is ['=', .. var value] && Value(value.TrimStart()) is { } boundary)
            {
                yield return boundary;
            }
        }
    }

    private static string? Value(ReadOnlySpan<char> text)
    {
        var end = text is ['"', ..] ? text[1..].IndexOf('"') : text.IndexOfAny(";, \t");
        var value = text is ['"', ..] ? (end < 0 ? text[1..] : text.Slice(1, end)) : end < 0 ? text : text[..end];
        return value.Length is 0 or > Longest ? null : value.ToString();
    }
}
