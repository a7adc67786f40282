namespace ClamProxy.Doors.Api.OpenApi;

/// <summary>One answer of an endpoint that is no problem.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Meaning">When it is given.</param>
/// <param name="Body">The type of its JSON; null: it has no JSON.</param>
internal sealed record ApiAnswer(int Status, string Meaning, Type? Body = null)
{
    /// <summary>Whether the body may also be an array of that type.</summary>
    public bool MayBeSeveral { get; init; }

    /// <summary>Content types of bodies that are no JSON.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Response header fields, with what they say.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Fields { get; init; } = [];
}
