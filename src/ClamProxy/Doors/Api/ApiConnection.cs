using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Doors.Api;

/// <summary>The mark on every connection of the API's listener: which door a request takes is nothing that a client says.</summary>
internal sealed class ApiConnection
{
    private static readonly ApiConnection Mark = new();

    private ApiConnection()
    {
    }

    /// <summary>Marks all connections of one listener.</summary>
    public static void MarkAll(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(Mark);
        return next(connection);
    });

    public static bool Carries(HttpContext context) => context.Features.Get<ApiConnection>() is not null;
}
