namespace ClamProxy.Doors.Http.Routing;

/// <summary>
/// Which paths of one route hold what never changes: those that a pattern matches and no pattern behind a <c>!</c> takes out again.
/// </summary>
internal sealed class ImmutablePaths
{
    public const string Taken = "takes patterns for the path after the prefix, such as /pool/**,/**/*.whl; a leading ! excludes what it "
        + "matches";

    private readonly PathPattern[] _taken;
    private readonly PathPattern[] _left;

    public ImmutablePaths(IReadOnlyList<string> patterns)
    {
        _taken = [.. patterns.Where(pattern => !IsException(pattern)).Select(pattern => Parse(pattern)!)];
        _left = [.. patterns.Where(IsException).Select(pattern => Parse(pattern)!)];
    }

    public static PathPattern? Parse(string pattern) => PathPattern.Parse(IsException(pattern) ? pattern[1..] : pattern);

    /// <param name="rest">The raw path and query behind the route's prefix; it begins with a slash.</param>
    public bool Contain(string rest)
    {
        if (_taken.Length == 0)
        {
            return false;
        }

        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var segments = (query < 0 ? rest[1..] : rest[1..query]).Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = Uri.UnescapeDataString(segments[i]);
        }

        // Where a path leads that has dot segments, or is encoded twice, is upstream's to say: it may be anything.
        return !Array.Exists(segments, segment => IsDots(segment) || segment.Contains('%', StringComparison.Ordinal))
            && Array.Exists(_taken, pattern => pattern.Matches(segments))
            && !Array.Exists(_left, pattern => pattern.Matches(segments));
    }

    private static bool IsException(string pattern) => pattern.StartsWith('!');

    private static bool IsDots(string segment)
    {
        foreach (var range in segment.AsSpan().SplitAny('/', '\\'))
        {
            var part = segment.AsSpan()[range];
            var end = part.IndexOfAny(";?#\0");
            var name = end < 0 ? part : part[..end];
            if (!name.IsEmpty && !name.ContainsAnyExcept('.', ' '))
            {
                return true;
            }
        }

        return false;
    }
}
