using System.Reflection;

namespace ClamProxy.Doors.Api.OpenApi;

internal static class ApiDescription
{
    /// <summary>Says in the document what an endpoint does.</summary>
    public static IEndpointConventionBuilder Describe(this IEndpointConventionBuilder endpoint, ApiOperation operation)
    {
        endpoint.WithName(operation.Id).WithSummary(operation.Summary).WithMetadata(operation);
        foreach (var answer in operation.Answers)
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(
                answer.Status, answer.Body ?? typeof(void), answer.Body is null ? [] : ["application/json"]));
        }

        return endpoint;
    }

    /// <summary>Lets the document list an endpoint: it has only those that are marked by a method.</summary>
    public static IEndpointConventionBuilder List(this IEndpointConventionBuilder endpoint, MethodInfo method) =>
        endpoint.WithMetadata(method);
}
