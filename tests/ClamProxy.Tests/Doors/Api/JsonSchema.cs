using System.Text.Json;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>As much of JSON Schema (2020-12) as the document uses.</summary>
internal static class JsonSchema
{
    /// <returns>What of the value is not as the schema says; empty: nothing.</returns>
    public static IReadOnlyList<string> Check(JsonElement value, JsonElement schema, JsonElement document, string path = "$")
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var target = reference.GetString()!.Split('/').Skip(1).Aggregate(document, (place, name) => place.GetProperty(name));
            return Check(value, target, document, path);
        }

        if (schema.TryGetProperty("oneOf", out var choices))
        {
            var fitting = choices.EnumerateArray().Count(choice => Check(value, choice, document, path).Count == 0);
            return fitting == 1 ? [] : [$"{path} fits {fitting} of oneOf"];
        }

        var wrong = new List<string>();
        if (schema.TryGetProperty("type", out var type) && !TypesOf(type).Any(name => IsOf(value, name)))
        {
            wrong.Add($"{path} is {value.ValueKind}, not {type}");
        }

        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)))
        {
            wrong.Add($"{path} is {value}, which is not listed");
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            wrong.AddRange(value.EnumerateArray().SelectMany((item, index) => Check(item, items, document, $"{path}[{index}]")));
        }

        return value.ValueKind == JsonValueKind.Object ? [.. wrong, .. CheckMembers(value, schema, document, path)] : wrong;
    }

    private static IEnumerable<string> CheckMembers(JsonElement value, JsonElement schema, JsonElement document, string path)
    {
        foreach (var name in schema.TryGetProperty("required", out var required) ? required.EnumerateArray() : default)
        {
            if (!value.TryGetProperty(name.GetString()!, out _))
            {
                yield return $"{path} has no {name}";
            }
        }

        foreach (var member in value.EnumerateObject())
        {
            var isNamed = schema.TryGetProperty("properties", out var named) & named.ValueKind == JsonValueKind.Object
                && named.TryGetProperty(member.Name, out named);
            if (!isNamed && !schema.TryGetProperty("additionalProperties", out named))
            {
                yield return $"{path}.{member.Name} is not described";
                continue;
            }

            foreach (var wrong in Check(member.Value, named, document, $"{path}.{member.Name}"))
            {
                yield return wrong;
            }
        }
    }

    private static IEnumerable<string> TypesOf(JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Select(one => one.GetString()!)
        : [type.GetString()!];

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new ArgumentException($"no type of JSON Schema: {type}", nameof(type)),
    };
}
