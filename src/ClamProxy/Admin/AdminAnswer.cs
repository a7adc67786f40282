using System.Text.Json.Serialization.Metadata;
using ClamProxy.Problems;

namespace ClamProxy.Admin;

/// <summary>What a request is answered with: JSON, or a problem.</summary>
internal sealed record AdminAnswer
{
    private AdminAnswer()
    {
    }

    /// <summary>A bug of ours.</summary>
    public static AdminAnswer Broken => new()
    {
        Problem = new Problem(
            StatusCodes.Status500InternalServerError, "internal", "Internal error",
            "An internal error of ClamProxy; its log has the details."),
    };

    /// <summary>The JSON's object; null: there is a problem.</summary>
    public object? Value { get; private init; }

    public JsonTypeInfo? Type { get; private init; }

    public Problem? Problem { get; private init; }

    public static AdminAnswer Of<T>(T value, JsonTypeInfo<T> type)
        where T : class => new() { Value = value, Type = type };

    public static AdminAnswer Wrong(string detail) => new() { Problem = BadRequest.Of(detail) };

    public static AdminAnswer NotFound(string detail) =>
        new() { Problem = new Problem(StatusCodes.Status404NotFound, "not-found", "Not found", detail) };

    /// <summary>Something stands in the way.</summary>
    public static AdminAnswer Conflict(string detail) =>
        new() { Problem = new Problem(StatusCodes.Status409Conflict, "conflict", "Conflict", detail) };

    /// <summary>It could not be done now.</summary>
    public static AdminAnswer Failed(string detail) =>
        new() { Problem = new Problem(StatusCodes.Status503ServiceUnavailable, "unavailable", "Unavailable", detail) };

    /// <summary>What was asked for is wrong as a whole: detail has a line for each problem.</summary>
    public static AdminAnswer Invalid(string detail) =>
        new() { Problem = new Problem(StatusCodes.Status422UnprocessableEntity, "invalid", "Invalid", detail) };
}
