namespace ClamProxy.Doors.Http.Routing;

/// <summary>
/// A glob over a raw path: <c>*</c> stands for anything within a segment, <c>**</c> for any segments, at the end for one at least. Segments
/// are compared decoded, one after the other, so that an encoded slash never becomes a border; and <c>*</c> does not stand for one. A path
/// that ends in a slash is a folder's listing: only a pattern that ends in one matches it.
/// </summary>
internal sealed class PathPattern
{
    private const string AnySegments = "**";

    private readonly string[] _segments;

    private PathPattern(string[] segments) => _segments = segments;

    /// <summary>The pattern, or null when the text is none: it begins with a slash and holds <c>**</c> as a whole segment only.</summary>
    public static PathPattern? Parse(string text)
    {
        if (!text.StartsWith('/') || text.Any(c => c is <= ' ' or > '~' or '?' or '#' or '%' or '\\' or ','))
        {
            return null;
        }

        var segments = text[1..].Split('/');
        return segments.Any(segment => segment != AnySegments && segment.Contains(AnySegments, StringComparison.Ordinal))
            ? null
            : new(segments);
    }

    /// <param name="segments">The path's segments behind its first slash, decoded.</param>
    public bool Matches(IReadOnlyList<string> segments)
    {
        // The end decides nothing that a ** in front of it could change, so going back to the last ** alone is enough: no path costs more
        // than its square.
        var (one, other) = (0, 0);
        var (lastAny, resumeAt) = (-1, 0);
        while (other < segments.Count)
        {
            if (one < _segments.Length && _segments[one] == AnySegments)
            {
                (lastAny, resumeAt) = (one++, other);
            }
            else if (one < _segments.Length && SegmentMatches(_segments[one], segments[other]))
            {
                one++;
                other++;
            }
            else if (lastAny >= 0 && !IsListing(segments, resumeAt))
            {
                (one, other) = (lastAny + 1, ++resumeAt);
            }
            else
            {
                return false;
            }
        }

        return one == _segments.Length;
    }

    private static bool IsListing(IReadOnlyList<string> segments, int at) => at == segments.Count - 1 && segments[at].Length == 0;

    private static bool SegmentMatches(string pattern, string segment)
    {
        if (segment.Length == 0)
        {
            return pattern.Length == 0;
        }

        var (one, other) = (0, 0);
        var (star, resumeAt) = (-1, 0);
        while (other < segment.Length)
        {
            if (one < pattern.Length && pattern[one] == '*')
            {
                (star, resumeAt) = (one++, other);
            }
            else if (one < pattern.Length && pattern[one] == segment[other])
            {
                one++;
                other++;
            }
            else if (star >= 0 && segment[resumeAt] is not ('/' or '\\'))
            {
                (one, other) = (star + 1, ++resumeAt);
            }
            else
            {
                return false;
            }
        }

        return !pattern.AsSpan(one).ContainsAnyExcept('*');
    }
}
