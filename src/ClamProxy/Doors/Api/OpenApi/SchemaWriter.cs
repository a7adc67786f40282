using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ClamProxy.Core.Jobs;
using ClamProxy.Doors.Api.Monitoring;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ClamProxy.Doors.Api.OpenApi;

/// <summary>Writes into the schemas what the types do not say: which words there are, and members without a name of their own.</summary>
internal sealed class SchemaWriter : IOpenApiSchemaTransformer
{
    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (ValuesOf(context.JsonPropertyInfo) is { Length: > 0 } values)
        {
            schema.Enum = [.. values.Select(value => (JsonNode)value)];
        }

        if (context.JsonTypeInfo.Type == typeof(MonitorScanners))
        {
            schema.AdditionalProperties = await context.GetOrCreateSchemaAsync(
                typeof(MonitorScanner), cancellationToken: cancellationToken);
        }
    }

    private static string[] ValuesOf(JsonPropertyInfo? property) => property switch
    {
        { Name: "status" } when property.DeclaringType == typeof(JobAnswer) => ["PENDING", "CLEAN", "INFECTED", "UNSCANNABLE", "ERROR"],
        { Name: "verdict" } when property.DeclaringType == typeof(ScanVerdictAnswer) => ["clean", "infected", "unscannable"],
        _ => [],
    };
}
