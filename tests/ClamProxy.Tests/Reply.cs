using System.Text.Json;

namespace ClamProxy.Tests;

/// <summary>What came back, whole.</summary>
internal sealed record Reply(int Status, string? Reason, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public static async Task<Reply> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.ReasonPhrase,
        await response.Content.ReadAsByteArrayAsync(),
        response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));

    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>A member of the problem's JSON.</summary>
    public string? Problem(string member)
    {
        Assert.Equal("application/problem+json", this["Content-Type"]);
        using var json = JsonDocument.Parse(Body);
        return json.RootElement.TryGetProperty(member, out var value) ? value.ToString() : null;
    }
}
