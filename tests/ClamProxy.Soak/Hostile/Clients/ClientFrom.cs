using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Soak.Hostile.Clients;

/// <summary>Clients with a loopback address of their own, so that bounds for one client count them apart.</summary>
internal static class ClientFrom
{
    /// <param name="source">Such as 127.0.0.2.</param>
    /// <param name="port">The port on 127.0.0.1 that it asks.</param>
    public static HttpClient Http(string source, int port, TimeSpan? timeout = null) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = async (_, cancellationToken) =>
            new NetworkStream(await ConnectAsync(source, port, cancellationToken), ownsSocket: true),
    })
    {
        BaseAddress = new UriBuilder("http", "127.0.0.1", port).Uri,
        Timeout = timeout ?? TimeSpan.FromSeconds(60),
    };

    /// <summary>A connection on which anything may be said.</summary>
    public static async Task<Socket> ConnectAsync(string source, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A request for a target at an upstream.</summary>
    public static HttpRequestMessage Ask(
        string path, string upstream, bool cacheScan = false, HttpMethod? method = null, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("Download-From", upstream);
        request.Headers.Add("Cache-Scan", cacheScan ? "True" : "False");
        foreach (var (name, value) in fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
