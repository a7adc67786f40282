namespace ClamProxy.Tracking;

/// <summary>The path of a request's target, which may be of any form (RFC 9112 §3.2): without query, fragment and authority.</summary>
internal static class TargetPath
{
    public static string Of(string rawTarget)
    {
        var end = rawTarget.AsSpan().IndexOfAny('?', '#');
        var target = end < 0 ? rawTarget : rawTarget[..end];
        if (target.StartsWith('/'))
        {
            return target;
        }

        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        return authority < 0 ? target[(target.LastIndexOf('@') + 1)..] : path < 0 ? "/" : target[path..];
    }
}
