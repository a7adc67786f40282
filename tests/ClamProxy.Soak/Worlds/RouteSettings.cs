using ClamProxy.Soak.Documents;

namespace ClamProxy.Soak.Worlds;

/// <summary>The routes of the processes under test; all other paths are asked for with <c>Download-From</c>.</summary>
internal static class RouteSettings
{
    /// <summary>Documents whose links are rewritten.</summary>
    public const string Index = "/index";

    /// <summary>Takes uploads, and serves what was uploaded as what may change.</summary>
    public const string Publish = "/publish";

    /// <summary>Where rewritten links lead.</summary>
    public const string RewrittenLinks = PublicUrl + "files/";

    private const string PublicUrl = "http://proxy.example/";

    public static IReadOnlyDictionary<string, string> For(string upstream) => new Dictionary<string, string>
    {
        ["PUBLIC_URL"] = PublicUrl,
        ["ClamProxy__Routes__index__Path"] = Index,
        ["ClamProxy__Routes__index__Upstream"] = upstream,
        ["ClamProxy__Routes__index__Revalidate"] = "true",
        ["ClamProxy__Routes__index__Rewrite__0__From"] = DocumentText.Links,
        ["ClamProxy__Routes__index__Rewrite__0__To"] = "/files/",
        ["ClamProxy__Routes__publish__Path"] = Publish,
        ["ClamProxy__Routes__publish__Upstream"] = upstream,
        ["ClamProxy__Routes__publish__Revalidate"] = "true",
        ["ClamProxy__Routes__publish__Methods"] = "GET,HEAD,PUT",
    };
}
