using System.Net;

namespace ClamProxy.Core.Download;

/// <summary>One cookie of a chain of redirects, and which requests it is for (RFC 6265 §5.1.3, §5.1.4, §5.4).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, as it came.</param>
/// <param name="Domain">The host that set it, or the domain that it named.</param>
/// <param name="IsOfDomain">Whether hosts below the domain get it too.</param>
/// <param name="Path">The path it is for.</param>
/// <param name="IsSecure">Whether it is for https only.</param>
internal sealed record ChainCookie(string Name, string Value, string Domain, bool IsOfDomain, string Path, bool IsSecure)
{
    /// <summary>Null: it is no cookie, or not one that this server may set.</summary>
    /// <param name="from">Whose answer it was in.</param>
    /// <param name="setCookie">The field's value.</param>
    /// <param name="life">What it says of its end.</param>
    public static ChainCookie? Parse(Target from, string setCookie, out (string? MaxAge, string? Expires) life)
    {
        var parts = setCookie.Split(';');
        var attributes = parts.Skip(1).Select(Pair).ToList();
        life = (Last("max-age"), Last("expires"));
        var (name, value) = Pair(parts[0]);
        var host = HostName.Normalise(from.Uri.IdnHost);
        var domain = Last("domain")?.TrimStart('.').ToLowerInvariant() is { Length: > 0 } named ? named : host;
        var isSecure = Last("secure") is not null;
        if (name.Length == 0
            || !parts[0].Contains('=', StringComparison.Ordinal)
            || !MaySet(host, domain)
            || (isSecure && from.Uri.Scheme != Uri.UriSchemeHttps)
            || setCookie.Any(one => char.IsControl(one) && one != '\t'))
        {
            return null;
        }

        var path = Last("path") is ['/', ..] given ? given : from.Directory;
        return new(name, value, domain, Last("domain") is { Length: > 0 } && !IPAddress.TryParse(host, out _), path, isSecure);

        string? Last(string attribute) =>
            attributes.FindLast(pair => pair.Name.Equals(attribute, StringComparison.OrdinalIgnoreCase)) is { Name.Length: > 0 } found
                ? found.Value
                : null;
    }

    public bool Replaces(ChainCookie other) => (other.Name, other.Domain, other.Path) == (Name, Domain, Path);

    public bool IsFor(Target target)
    {
        var host = HostName.Normalise(target.Uri.IdnHost);
        return (host == Domain || (IsOfDomain && IsBelow(host, Domain)))
            && IsForPath(target.Path)
            && (!IsSecure || target.Uri.Scheme == Uri.UriSchemeHttps);
    }

    private bool IsForPath(ReadOnlySpan<char> path) =>
        path.StartsWith(Path, StringComparison.Ordinal)
        && (path.Length == Path.Length || Path.EndsWith('/') || path[Path.Length] == '/');

    /// <summary>Its own name, or a name above it that is no top-level domain: those are shared by everybody.</summary>
    private static bool MaySet(string host, string domain) =>
        host == domain || (!IPAddress.TryParse(host, out _) && domain.Contains('.', StringComparison.Ordinal) && IsBelow(host, domain));

    private static bool IsBelow(string host, string domain) => host.EndsWith($".{domain}", StringComparison.Ordinal);

    private static (string Name, string Value) Pair(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 ? (text[..at].Trim(), text[(at + 1)..].Trim()) : (text.Trim(), "");
}
