namespace ClamProxy.Rewriting;

/// <summary>Paths of relative references (RFC 3986 §5.2), their bytes kept as they are.</summary>
internal static class RelativePath
{
    /// <summary>Whether all clients read a reference as a path, a query or both, below the URL of its page.</summary>
    public static bool Is(string reference)
    {
        var end = reference.AsSpan().IndexOfAny('?', '#') is var at and >= 0 ? at : reference.Length;
        var path = reference.AsSpan(0, end);
        var segment = path.IndexOf('/') is var slash and >= 0 ? path[..slash] : path;
        return !HasOther(reference)
            && !path.StartsWith("//")
            && !path.Contains('\\')
            && !segment.Contains(':')

            // Browsers take it for a dot, Python does not.
            && !path.Contains("%2e", StringComparison.OrdinalIgnoreCase);
    }

    private static bool HasOther(string reference)
    {
        foreach (var one in reference)
        {
            if (char.IsControl(one) || one == '\uFFFD')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The path that a reference's path leads to from a page's.</summary>
    public static string Resolve(string page, string path) => path switch
    {
        "" => page,
        ['/', ..] => WithoutDots(path),
        _ => WithoutDots(page[..(page.LastIndexOf('/') + 1)] + path),
    };

    // RFC 3986 §5.2.4.
    private static string WithoutDots(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal))
        {
            return path;
        }

        var segments = path.Split('/');
        if (!Array.Exists(segments, IsDots))
        {
            return path;
        }

        var kept = new List<string>();
        for (var at = 1; at < segments.Length; at++)
        {
            if (!IsDots(segments[at]))
            {
                kept.Add(segments[at]);
                continue;
            }

            if (segments[at] == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }

            if (at == segments.Length - 1)
            {
                kept.Add("");
            }
        }

        return "/" + string.Join('/', kept);
    }

    private static bool IsDots(string segment) => segment is "." or "..";
}
