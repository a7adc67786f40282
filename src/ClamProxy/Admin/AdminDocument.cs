using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace ClamProxy.Admin;

/// <summary>
/// The description of the admin API (OpenAPI 3.1), made of the very operations that answer. Not by ASP.NET's endpoints, which the doors'
/// listeners would share.
/// </summary>
internal sealed class AdminDocument(AdminOperation[] operations)
{
    private const string Json = "application/json";
    private const string ProblemType = "application/problem+json";

    // What every operation may answer.
    private static readonly Dictionary<int, string> Everywhere = new()
    {
        [401] = "Credentials of MANAGEMENT_CREDENTIALS are missing or wrong.",
        [403] = "A page in a browser asks, or a name that could be anybody's is used without credentials.",
        [503] = "It could not be done now, or too many passwords are being checked.",
    };

    private readonly Lazy<byte[]> _bytes = new(() => Encoding.UTF8.GetBytes(Make(operations).ToJsonString(new() { WriteIndented = true })));

    public byte[] Bytes => _bytes.Value;

    private static JsonObject Make(IEnumerable<AdminOperation> operations)
    {
        var paths = new JsonObject();
        foreach (var path in operations.GroupBy(operation => operation.Path, StringComparer.Ordinal))
        {
            paths[AdminApi.Root + path.Key] = new JsonObject(path.Select(
                operation => KeyValuePair.Create<string, JsonNode?>(operation.Method.ToLowerInvariant(), Of(operation))));
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "ClamProxy admin API",
                ["version"] = "1",
                ["description"] = "What operators look up and change while ClamProxy runs. Errors are problem details (RFC 9457).",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["basic"] = new JsonObject { ["type"] = "http", ["scheme"] = "basic" },
                },
                ["schemas"] = new JsonObject { ["Problem"] = ProblemSchema() },
            },
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["basic"] = new JsonArray() }),
        };
    }

    private static JsonObject Of(AdminOperation operation)
    {
        var described = new JsonObject { ["operationId"] = operation.Id, ["summary"] = operation.Summary };
        JsonNode[] parameters =
        [
            .. operation.Query.Select(one => Parameter(one.Name, "query", one.Meaning)),
            .. operation.HasId ? [Parameter("id", "path", "The id, as the list has it.")] : Array.Empty<JsonNode>(),
        ];
        if (parameters.Length > 0)
        {
            described["parameters"] = new JsonArray(parameters);
        }

        if (operation.Body is { } body)
        {
            described["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Content(Json, SchemaOf(body), JsonNode.Parse(operation.Sample)),
            };
        }

        var responses = new JsonObject
        {
            ["200"] = new JsonObject { ["description"] = "Done.", ["content"] = Content(Json, SchemaOf(operation.Answer)) },
        };
        var ofBody = operation.Body is null ? [] : new Dictionary<int, string>
        {
            [400] = "The body or a parameter is not what is taken here; detail says what is.",
            [413] = "The body is too large.",
            [415] = "The body is not JSON.",
        };
        foreach (var (status, meaning) in operation.Problems.Concat(ofBody).Concat(Everywhere).DistinctBy(one => one.Key))
        {
            responses[status.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["description"] = meaning,
                ["content"] = Content(ProblemType, new JsonObject { ["$ref"] = "#/components/schemas/Problem" }),
            };
        }

        described["responses"] = responses;
        return described;
    }

    private static JsonNode SchemaOf(JsonTypeInfo type) => JsonSchemaExporter.GetJsonSchemaAsNode(
        type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });

    private static JsonObject Content(string type, JsonNode schema, JsonNode? example = null)
    {
        var content = new JsonObject { ["schema"] = schema };
        if (example is not null)
        {
            content["example"] = example;
        }

        return new JsonObject { [type] = content };
    }

    private static JsonObject Parameter(string name, string place, string meaning) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = place == "path",
        ["description"] = meaning,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject ProblemSchema() => new()
    {
        ["type"] = "object",
        ["description"] = "Why a request was not done (RFC 9457).",
        ["required"] = new JsonArray("type", "title", "status", "detail"),
        ["properties"] = new JsonObject
        {
            ["type"] = Text("urn:clamproxy:problem: and the kind, such as not-found."),
            ["title"] = Text("The kind, in words."),
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = Text("What was wrong, and what a right request looks like."),
            ["requestId"] = Text("The request's id, by which its log lines are found."),
        },
    };

    private static JsonObject Text(string meaning) => new() { ["type"] = "string", ["description"] = meaning };
}
