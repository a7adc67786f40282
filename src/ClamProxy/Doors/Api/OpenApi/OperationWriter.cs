using System.Globalization;
using System.Text.Json.Nodes;
using ClamProxy.Access;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ClamProxy.Doors.Api.OpenApi;

/// <summary>Writes into the document what ASP.NET cannot find out: parameters, forms, problems, rights.</summary>
internal sealed class OperationWriter(AccessControl access) : IOpenApiOperationTransformer
{
    /// <summary>What every endpoint may answer.</summary>
    private static readonly Dictionary<int, string> Everywhere = new()
    {
        [401] = "Credentials are missing or wrong; without API_CREDENTIALS: the client is neither this machine nor one of TRUSTED_CLIENTS.",
        [403] = "These credentials do not have the right, or the page of another site asks.",
        [431] = "The request's header fields are too long.",
        [500] = "An internal error.",
        [503] = "No scanner answers, or the queue, the room or the places are taken; come back after Retry-After.",
    };

    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Responses ??= [];
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<ApiOperation>().SingleOrDefault() is { } described)
        {
            Write(operation, described);
            await WriteJsonAsync(operation, described, context, cancellationToken);
        }

        foreach (var (status, meaning) in Everywhere)
        {
            operation.Responses.TryAdd(Text(status), ProblemOf(status, meaning, context.Document!));
        }

        foreach (var (status, meaning) in metadata.OfType<ApiOperation>().SelectMany(described => described.Problems))
        {
            operation.Responses[Text(status)] = ProblemOf(status, meaning, context.Document!);
        }

        operation.Security = access.IsOpen(AccessSurface.Api)
            ? []
            :
            [
                new() { [new OpenApiSecuritySchemeReference(ApiDocument.Bearer, context.Document)] = [] },
                new() { [new OpenApiSecuritySchemeReference(ApiDocument.Basic, context.Document)] = [] },
            ];
    }

    /// <summary>Not by metadata of the endpoint, by which routing would refuse other content types: curl -d sends that of a form.</summary>
    private static async Task WriteJsonAsync(
        OpenApiOperation operation, ApiOperation described, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (described.Json is { } json)
        {
            var schema = await context.GetOrCreateSchemaAsync(json, cancellationToken: cancellationToken);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } },
            };
        }
    }

    private static void Write(OpenApiOperation operation, ApiOperation described)
    {
        var right = described.Right == ApiRights.None ? "" : $"Needs the right {described.Right.ToString().ToLowerInvariant()}.";
        operation.Description = $"{described.Details} {right}".Trim();
        operation.Parameters = [.. described.Parameters.Select(ParameterOf)];
        if (described.Takes.Count > 0)
        {
            operation.RequestBody = BodyOf(described.Takes);
        }

        foreach (var answer in described.Answers)
        {
            Write((OpenApiResponse)operation.Responses![Text(answer.Status)], answer);
        }
    }

    private static void Write(OpenApiResponse response, ApiAnswer answer)
    {
        response.Description = answer.Meaning;
        response.Content ??= new Dictionary<string, OpenApiMediaType>();
        if (answer.MayBeSeveral && response.Content["application/json"] is { Schema: { } one } json)
        {
            json.Schema = new OpenApiSchema { OneOf = [one, new OpenApiSchema { Type = JsonSchemaType.Array, Items = one }] };
        }

        foreach (var type in answer.Others)
        {
            response.Content[type] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }

        response.Headers = answer.Fields.ToDictionary(
            field => field.Name,
            field => (IOpenApiHeader)new OpenApiHeader
            {
                Description = field.Meaning,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
    }

    private static IOpenApiParameter ParameterOf(ApiParameter parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = parameter.Place,
        Required = parameter.Place == ParameterLocation.Path,
        Description = parameter.Meaning,
        Example = parameter.Example is { } example ? JsonValue.Create(example) : null,
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = parameter.Values.Count > 0 ? [.. parameter.Values.Select(value => (JsonNode)value)] : null,
        },
    };

    private static OpenApiRequestBody BodyOf(IEnumerable<ApiContent> forms) => new()
    {
        Required = true,
        Content = forms.Select(form => form switch
        {
            ApiContent.Raw => ("application/octet-stream", FileSchema("The file.")),
            ApiContent.FormWithFile => ("multipart/form-data", Form(FileSchema("The file."))),
            ApiContent.FormWithFiles => ("multipart/form-data", Form(new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = FileSchema("A file."),
                Description = "One or several fields of this name.",
            }, ("priority", PrioritySchema()), ("callback", CallbackSchema()))),
            ApiContent.None => throw new InvalidOperationException("no form of body"),
        }).ToDictionary(form => form.Item1, form => new OpenApiMediaType { Schema = form.Item2 }),
    };

    private static OpenApiSchema Form(OpenApiSchema file, params (string Name, OpenApiSchema Schema)[] others) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "file" },
        Properties = others.Prepend((Name: "file", Schema: file)).ToDictionary(
            field => field.Name, field => (IOpenApiSchema)field.Schema),
    };

    private static OpenApiSchema FileSchema(string meaning) => new()
    {
        Type = JsonSchemaType.String,
        Format = "binary",
        Description = meaning,
    };

    private static OpenApiSchema CallbackSchema() => new()
    {
        Type = JsonSchemaType.String,
        Format = "uri",
        Description = "Whom to tell of the result, by a POST that is signed as Standard Webhooks describes.",
    };

    private static OpenApiSchema PrioritySchema() => new()
    {
        Type = JsonSchemaType.String,
        Enum = ["high", "normal"],
        Default = "normal",
        Description = "Of five jobs that are taken four have priority high, if there are any.",
    };

    private static OpenApiResponse ProblemOf(int status, string meaning, OpenApiDocument document) => new()
    {
        Description = meaning,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ApiDocument.Problem, document) },
        },
        Headers = status is 425 or 503
            ? new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "Seconds.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                },
            }
            : null,
    };

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
