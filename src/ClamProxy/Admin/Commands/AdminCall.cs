namespace ClamProxy.Admin.Commands;

/// <summary>What a command asks the admin API for.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Below <see cref="AdminApi.Root"/>, with the query.</param>
/// <param name="Json">What is sent; null: nothing.</param>
/// <param name="Print">Writes the answer for people, and gives the exit code.</param>
internal sealed record AdminCall(HttpMethod Method, string Path, string? Json, Func<string, TextWriter, int> Print)
{
    /// <summary>The longest wait: a store, Redis and a reload answer in seconds.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);
}
