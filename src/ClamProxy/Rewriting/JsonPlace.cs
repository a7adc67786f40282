namespace ClamProxy.Rewriting;

/// <summary>
/// Where a value of a JSON document is, by the names that lead to it, and what the clients of the known index formats do with it: npm's
/// packuments, PEP 691 and PyPI's JSON, NuGet's registrations, cargo's config.json.
/// </summary>
internal sealed class JsonPlace
{
    /// <summary>The name of each element of an array.</summary>
    public const string Element = "[]";

    private const int MostDepth = 64;

    private readonly string[] _names = new string[MostDepth];

    public int Depth { get; private set; }

    public bool IsFull => Depth == MostDepth;

    public void Enter(string name) => _names[Depth++] = name;

    public void Leave() => Depth--;

    /// <summary>Names what the innermost object's next value is.</summary>
    public void Name(string name) => _names[Depth - 1] = name;

    /// <summary>Whether the innermost names are these; the value is below the last of them.</summary>
    public bool EndsWith(params ReadOnlySpan<string> names)
    {
        if (names.Length > Depth)
        {
            return false;
        }

        for (var at = 1; at <= names.Length; at++)
        {
            // NuGet's client takes names in any case.
            if (!_names[Depth - at].Equals(names[^at], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What clients do with a string here.</summary>
    public LinkPlace Place() =>
        EndsWith("dist", "tarball")
            || EndsWith("packageContent")
            || EndsWith("files", Element, "url")
            || EndsWith("urls", Element, "url")
            || EndsWith("items", Element, "@id")
            || (EndsWith(Element, "url") && Depth >= 4 && IsName(4, "releases")) || (Depth == 1 && EndsWith("dl")) ? LinkPlace.File
        : Depth >= 2
            && (IsName(2, "dependencies") || IsName(2, "optionalDependencies") || IsName(2, "peerDependencies")) ? LinkPlace.Dependency
        : LinkPlace.Word;

    private bool IsName(int fromEnd, string name) => _names[Depth - fromEnd].Equals(name, StringComparison.OrdinalIgnoreCase);
}
