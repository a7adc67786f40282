using Microsoft.OpenApi;

namespace ClamProxy.Doors.Api.OpenApi;

/// <summary>A part of an endpoint's path or query, as its description has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Meaning">What it does and takes.</param>
/// <param name="Example">A value that is taken.</param>
internal sealed record ApiParameter(string Name, ParameterLocation Place, string Meaning, string? Example = null)
{
    /// <summary>The values that it takes; empty: others than can be listed.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];
}
