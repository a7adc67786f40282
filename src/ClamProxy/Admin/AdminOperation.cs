using System.Text.Json.Serialization.Metadata;

namespace ClamProxy.Admin;

/// <summary>One thing that the admin API does, and what its document says of it.</summary>
/// <param name="Id">Its name in generated clients and in the audit log; no other operation has it.</param>
/// <param name="Method">The HTTP method; what is answered to GET is answered to HEAD too.</param>
/// <param name="Path">Below <see cref="AdminApi.Root"/>; it may end with <c>/{id}</c>.</param>
/// <param name="Summary">One line.</param>
/// <param name="Answer">The JSON that it answers with.</param>
/// <param name="RunAsync">Does it.</param>
internal sealed record AdminOperation(
    string Id,
    string Method,
    string Path,
    string Summary,
    JsonTypeInfo Answer,
    Func<AdminRequest, CancellationToken, Task<AdminAnswer>> RunAsync)
{
    public const string IdPart = "/{id}";

    /// <summary>Parameters of its query, with what they mean.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Query { get; init; } = [];

    /// <summary>The JSON that it takes; null: none.</summary>
    public JsonTypeInfo? Body { get; init; }

    /// <summary>A body that is right, for the one who sent a wrong one.</summary>
    public string Sample { get; init; } = "{}";

    /// <summary>The statuses of its own problems, and when they come.</summary>
    public IReadOnlyDictionary<int, string> Problems { get; init; } = new Dictionary<int, string>();

    /// <summary>Whether it changes something: the audit log has a line of each such request.</summary>
    public bool IsChange => Method is not "GET";

    public bool HasId => Path.EndsWith(IdPart, StringComparison.Ordinal);

    /// <summary>Whether a path below the root is this operation's.</summary>
    /// <param name="id">What stands in the place of the id; null: it has none.</param>
    public bool Is(string path, out string? id)
    {
        id = null;
        if (!HasId)
        {
            return path == Path;
        }

        var start = Path[..^(IdPart.Length - 1)];
        if (!path.StartsWith(start, StringComparison.Ordinal) || path.Length == start.Length)
        {
            return false;
        }

        id = path[start.Length..];
        return !id.Contains('/', StringComparison.Ordinal);
    }
}
