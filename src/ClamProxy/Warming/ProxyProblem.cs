using System.Text.Json;
using ClamProxy.Problems;
using ClamProxy.Warming.Lists;

namespace ClamProxy.Warming;

/// <summary>What ClamProxy says of why there is no file (RFC 9457).</summary>
/// <param name="Kind">The last part of its type; empty: it says nothing, or somebody else answered.</param>
internal sealed record ProxyProblem(string Kind, string Detail)
{
    private const int MostBytes = 64 * 1024;
    private static readonly ProxyProblem None = new("", "");

    public static async Task<ProxyProblem> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json"
            || await BodyReader.ReadAllAsync(answer, MostBytes, cancellationToken) is not { } body)
        {
            return None;
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            var type = json.RootElement.Text("type") ?? "";
            return type.StartsWith(Problem.TypePrefix, StringComparison.Ordinal)
                ? new(type[Problem.TypePrefix.Length..], json.RootElement.Text("detail") ?? "")
                : None;
        }
        catch (JsonException)
        {
            return None;
        }
    }
}
