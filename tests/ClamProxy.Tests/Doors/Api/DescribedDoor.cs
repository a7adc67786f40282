using System.Text.Json;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>Asks the API, and compares each answer with what its own document says of it.</summary>
internal sealed class DescribedDoor(ApiWorld world, JsonElement document)
{
    private readonly HashSet<string> _seen = [];

    /// <summary>The operations with their documented answers, such as <c>upload 202</c>.</summary>
    public IEnumerable<string> Documented => Operations.SelectMany(operation =>
        operation.Value.GetProperty("responses").EnumerateObject().Select(answer => $"{IdOf(operation.Value)} {answer.Name}"));

    /// <summary>Those that were seen so far.</summary>
    public IReadOnlySet<string> Seen => _seen;

    private IEnumerable<(string Path, string Method, JsonElement Value)> Operations =>
        document.GetProperty("paths").EnumerateObject().SelectMany(path =>
            path.Value.EnumerateObject().Select(method => (path.Name, method.Name, method.Value)));

    public async Task<JsonElement> AskAsync(
        string id, HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        foreach (var (name, value) in fields)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var answer = await world.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var type = answer.Content.Headers.ContentType?.MediaType;
        var json = type?.EndsWith("json", StringComparison.Ordinal) is true ? JsonSerializer.Deserialize<JsonElement>(bytes) : default;
        Check(id, method, path, (int)answer.StatusCode, type, json);
        return json;
    }

    public void Check(string id, HttpMethod method, string path, int status, string? type, JsonElement json)
    {
        var (template, _, operation) = Assert.Single(Operations, operation => IdOf(operation.Value) == id);
        Assert.Equal(template.Split('/').Length, path.Split('?')[0].Split('/').Length);
        Assert.True(operation.GetProperty("responses").TryGetProperty($"{status}", out var answer), $"{method} {path}: {status}, {json}");
        _seen.Add($"{id} {status}");
        // A 304 has the file's fields and no body.
        if (type is null || status == 304)
        {
            return;
        }

        Assert.True(answer.GetProperty("content").TryGetProperty(type, out var described), $"{id} {status} is {type}");
        if (json.ValueKind != JsonValueKind.Undefined)
        {
            Assert.Empty(JsonSchema.Check(json, described.GetProperty("schema"), document));
        }
    }

    private static string IdOf(JsonElement operation) => operation.GetProperty("operationId").GetString()!;
}
