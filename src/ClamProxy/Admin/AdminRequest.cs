namespace ClamProxy.Admin;

/// <summary>What a client asks for.</summary>
/// <param name="Query">The query's parameters.</param>
/// <param name="Id">What stands in the path in the place of <c>{id}</c>; null: nothing.</param>
/// <param name="Body">The JSON that it brought, read into the operation's type; null: none.</param>
/// <param name="Who">The credential's name; null: none is asked for.</param>
internal sealed record AdminRequest(IQueryCollection Query, string? Id, object? Body, string? Who)
{
    /// <summary>What it is about, for the audit log: never a secret.</summary>
    public string Target { get; set; } = "";

    /// <summary>The only value of a parameter; null: it is not there.</summary>
    public string? Parameter(string name) => Query.TryGetValue(name, out var values) && values is [{ Length: > 0 } only] ? only : null;
}
