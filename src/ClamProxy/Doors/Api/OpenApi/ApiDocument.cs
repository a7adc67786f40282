using Microsoft.OpenApi;

namespace ClamProxy.Doors.Api.OpenApi;

/// <summary>
/// What the document has beside its operations: what the API is, how clients say who they are, what a problem looks like.
/// </summary>
internal static class ApiDocument
{
    public const string Name = "v1";
    public const string Bearer = "bearer";
    public const string Basic = "basic";
    public const string Problem = "Problem";

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
        return services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            // Whatever is answered to GET is answered to HEAD, without its body.
            options.ShouldInclude = description => description.HttpMethod != HttpMethods.Head;
            options.AddDocumentTransformer((document, _, _) => Complete(document));
            options.AddOperationTransformer<OperationWriter>();
            options.AddSchemaTransformer<SchemaWriter>();
        }).AddSingleton<DocumentEndpoint>();
    }

    private static Task Complete(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "ClamProxy",
            Version = "1",
            Description = "Scans files with ClamAV: bring a file, get a verdict. Errors are problem details (RFC 9457).",
        };
        document.Servers = [];
        document.AddComponent(Problem, ProblemSchema());
        document.AddComponent(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A token of API_CREDENTIALS.",
        });
        document.AddComponent(Basic, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "basic",
            Description = "A name and its token of API_CREDENTIALS.",
        });
        return Task.CompletedTask;
    }

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Why a request was not done (RFC 9457).",
        Required = new HashSet<string> { "type", "title", "status", "detail", "error", "message" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("urn:clamproxy:problem: and the kind, such as not-found."),
            ["title"] = Text("The kind, in words."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
            ["detail"] = Text("What was wrong and, where the client can mend it, what a right request looks like."),
            ["requestId"] = Text("The request's id, as in its X-Request-ID: by it an operator finds the log lines."),
            ["traceId"] = Text("The request's trace, 32 hexadecimal digits, where it is traced."),
            ["error"] = Text("The detail, fit for a terminal."),
            ["message"] = Text("The same."),
        },
    };

    private static OpenApiSchema Text(string meaning) => new() { Type = JsonSchemaType.String, Description = meaning };
}
