namespace ClamProxy.Core.Download;

/// <summary>
/// Whether a raw path stays below its base in every reading an upstream may give it: with encoded slashes, backslashes
/// and dots decoded (twice, too) or not, path parameters (<c>..;x</c>) cut off or not, empty segments merged or not.
/// </summary>
internal static class PathDepth
{
    private const int MaxDecodings = 4;

    public static bool StaysInside(ReadOnlySpan<char> path)
    {
        var depth = 0;
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.IsEmpty)
            {
                continue;
            }

            // The least that any reading makes of the segment: each ".." in it climbs, and all of its names together
            // count as one, or as none where a ".." is among them.
            var (climbs, hasName) = Measure(Decode(segment.ToString()));
            depth += climbs > 0 ? -climbs : hasName ? 1 : 0;
            if (depth < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a raw path climbs anywhere in some reading, even if it stays inside.</summary>
    public static bool Climbs(string path) => Measure(Decode(path)).Climbs > 0;

    private static (int Climbs, bool HasName) Measure(string segment)
    {
        var climbs = 0;
        var hasName = false;
        foreach (var range in segment.AsSpan().SplitAny('/', '\\'))
        {
            var part = segment.AsSpan()[range];
            var end = part.IndexOfAny(";?#\0");

            // Some servers end a name at a path parameter, a query or a NUL; Windows drops dots and blanks at its end.
            var name = (end < 0 ? part : part[..end]).TrimEnd(" \t\0");
            if (name.IsEmpty || name is ".")
            {
                continue;
            }

            if (name.ContainsAnyExcept('.', ' '))
            {
                hasName = true;
            }
            else
            {
                climbs++;
            }
        }

        return (climbs, hasName);
    }

    private static string Decode(string segment)
    {
        for (var round = 0; round < MaxDecodings && segment.Contains('%', StringComparison.Ordinal); round++)
        {
            segment = Uri.UnescapeDataString(segment);
        }

        return segment;
    }
}
