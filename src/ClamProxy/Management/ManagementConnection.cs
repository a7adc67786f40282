using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Management;

/// <summary>
/// The mark on every connection of the management listener. The listener decides, not the port's number and nothing that a client sends:
/// a request for /healthz on the proxy's port belongs to upstream.
/// </summary>
internal sealed class ManagementConnection
{
    private static readonly ManagementConnection Mark = new();

    private ManagementConnection()
    {
    }

    /// <summary>Marks all connections of one listener.</summary>
    public static void MarkAll(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(Mark);
        return next(connection);
    });

    public static bool Carries(HttpContext context) => context.Features.Get<ManagementConnection>() is not null;
}
