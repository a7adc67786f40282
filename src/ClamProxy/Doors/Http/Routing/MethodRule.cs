namespace ClamProxy.Doors.Http.Routing;

/// <summary>A method that a route allows, for all of its paths or for those of a pattern: <c>POST</c>, <c>PUT /@*/*</c>.</summary>
internal sealed class MethodRule
{
    public const string Taken = "takes methods such as GET,HEAD,POST,PUT, but not CONNECT and TRACE; one for some paths only has a pattern "
        + "behind it, such as PUT /packages/**";

    private readonly PathPattern? _paths;

    private MethodRule(string method, PathPattern? paths) => (Method, _paths) = (method, paths);

    public string Method { get; }

    /// <returns>Null: the text is no rule.</returns>
    public static MethodRule? Parse(string text)
    {
        var parts = text.Split(' ', 2);
        var isMethod = parts[0].Length is > 0 and <= 32
            && parts[0].All(letter => char.IsAsciiLetterUpper(letter) || letter == '-')
            && parts[0] is not ("CONNECT" or "TRACE");
        var paths = parts.Length == 2 ? PathPattern.Parse(parts[1]) : null;
        return isMethod && (parts.Length == 1 || paths is not null) ? new(parts[0], paths) : null;
    }

    /// <param name="segments">The path's segments; null: where the path leads is upstream's to say, so that no pattern matches it.</param>
    public bool Allows(IReadOnlyList<string>? segments) => _paths is null || (segments is not null && _paths.Matches(segments));
}
