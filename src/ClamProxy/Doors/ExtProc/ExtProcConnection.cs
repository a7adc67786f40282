using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Doors.ExtProc;

/// <summary>The mark on every connection of ext_proc's listener, which speaks HTTP/2 alone: h2c has no negotiation.</summary>
internal sealed class ExtProcConnection
{
    private static readonly ExtProcConnection Mark = new();

    private ExtProcConnection()
    {
    }

    /// <summary>Marks all connections of one listener.</summary>
    public static void MarkAll(ListenOptions listener)
    {
        listener.Protocols = HttpProtocols.Http2;
        listener.Use(next => connection =>
        {
            connection.Features.Set(Mark);
            return next(connection);
        });
    }

    public static bool Carries(HttpContext context) => context.Features.Get<ExtProcConnection>() is not null;
}
