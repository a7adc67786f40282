using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Sending;

/// <summary>Gives every connection of a listener a <see cref="SocketOutput"/>.</summary>
internal static class SocketConnections
{
    /// <remarks>To come before all that changes bytes: what it gives lies below TLS.</remarks>
    public static void SendDirectly(ListenOptions listener) => listener.Use(next => async connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            await next(connection);
            return;
        }

        var original = connection.Transport;
        var output = new SocketOutput(
            socket, original.Output, fault => connection.Abort(new ConnectionAbortedException(fault.Message, fault)));
        connection.Features.Set(output);
        connection.Transport = new Duplex(original.Input, output);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = original;
        }
    });

    /// <summary>The output that this answer's body leads to without anything between; null when there is none.</summary>
    public static SocketOutput? OutputOf(HttpContext context) =>
        context.Response.ContentLength is not null
        && (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        && context.Features.Get<ITlsHandshakeFeature>() is null
            ? context.Features.Get<SocketOutput>()
            : null;

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
