using ClamProxy.Access;

namespace ClamProxy.Doors.Api.OpenApi;

/// <summary>What the document at <c>/openapi.json</c> says of one endpoint.</summary>
/// <param name="Id">Its name in generated clients; no other endpoint has it.</param>
/// <param name="Summary">One line.</param>
internal sealed record ApiOperation(string Id, string Summary)
{
    /// <summary>Further sentences.</summary>
    public string Details { get; init; } = "";

    /// <summary>What the client's credentials must have a right to.</summary>
    public ApiRights Right { get; init; }

    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>The forms of body that it takes; empty: none, or JSON (<see cref="Json"/>).</summary>
    public IReadOnlyList<ApiContent> Takes { get; init; } = [];

    /// <summary>The type of the JSON that it takes; null: none.</summary>
    public Type? Json { get; init; }

    /// <summary>Its answers that are no problems.</summary>
    public IReadOnlyList<ApiAnswer> Answers { get; init; } = [];

    /// <summary>The statuses of its problems, beside those that every endpoint can have, and when they come.</summary>
    public IReadOnlyDictionary<int, string> Problems { get; init; } = new Dictionary<int, string>();
}
