using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Download;

namespace ClamProxy.Doors.Http.Routing;

/// <summary>
/// Binds the cookies of a route's upstream to that route: a client, which sees one host, keeps them under this route's path and a name of
/// this route's, and only what has such a name goes back to the upstream. So no upstream gets another's cookie, nor one that something else
/// on this host has set.
/// </summary>
internal sealed class RouteCookies(ProxyRouteOptions route, Target target)
{
    private const int MarkBytes = 4;

    /// <summary>
    /// A Set-Cookie value (RFC 6265 §4.1) as the client gets it; null where no request of the route would carry the cookie, or it has no
    /// name.
    /// </summary>
    public string? Bound(string setCookie)
    {
        var parts = setCookie.Split(';', StringSplitOptions.TrimEntries);
        if (parts[0].IndexOf('=', StringComparison.Ordinal) <= 0 || ClientPath(PathOf(parts)) is not { } path)
        {
            return null;
        }

        var attributes = parts.Skip(1).Where(part => part.Length > 0 && !Is(part, "Path") && !Is(part, "Domain"));
        return string.Join("; ", [Mark(route) + parts[0], .. attributes, $"Path={path}"]);
    }

    /// <summary>What of a Cookie field this route's upstream has set, as it has set it; null: nothing.</summary>
    public static string? SetBy(ProxyRouteOptions route, string cookies)
    {
        var mark = Mark(route);
        var ours = cookies.Split(';', StringSplitOptions.TrimEntries).Where(
            pair => pair.StartsWith(mark, StringComparison.Ordinal)).Select(pair => pair[mark.Length..]).ToList();
        return ours.Count == 0 ? null : string.Join("; ", ours);
    }

    /// <summary>Names the route and its upstream: the cookies of an upstream that a route had before are not the next one's.</summary>
    private static string Mark(ProxyRouteOptions route) =>
        $"cp{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{route.Path}\n{route.BaseUrl}")).AsSpan(0, MarkBytes))}-";

    /// <summary>
    /// Where upstream wants its cookie to go; without a word of it, to where the target's last segment is (RFC 6265 §5.1.4, §5.2.4).
    /// </summary>
    private string PathOf(string[] parts)
    {
        var given = parts.LastOrDefault(part => Is(part, "Path"));
        var path = given is null ? "" : given[(given.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
        return path.StartsWith('/') ? path : target.Directory;
    }

    /// <summary>A path of upstream's below the route's prefix; null where none of the route's paths is below it.</summary>
    private string? ClientPath(string path)
    {
        var root = Target.TryCreate(route.BaseUrl, "/", out _)!.Directory.TrimEnd('/');
        var asked = path.TrimEnd('/');
        return IsBelow(root, asked) ? route.Path
            : IsBelow(asked, root) ? route.Prefix + path[root.Length..]
            : null;
    }

    private static bool IsBelow(string path, string parent) => path == parent || path.StartsWith(parent + "/", StringComparison.Ordinal);

    private static bool Is(string attribute, string name) =>
        attribute.Split('=')[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase);
}
