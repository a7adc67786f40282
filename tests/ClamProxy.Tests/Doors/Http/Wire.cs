using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>
/// Bytes to the proxy's port and what comes back until it closes, one Latin-1 character for each byte: no HTTP client would send these.
/// </summary>
internal static class Wire
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <param name="address">The proxy's.</param>
    /// <param name="from">Another loopback address for another client.</param>
    public static async Task<TcpClient> ConnectAsync(string address, string from = "127.0.0.1")
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0)) { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", new UriBuilder(address).Port);
        return client;
    }

    public static async Task<string> AskAsync(ProxyWorld world, string request)
    {
        using var client = await ConnectAsync(world.Addresses[0]);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        return await ReadToEndAsync(client);
    }

    /// <summary>What comes until the proxy closes; a reset ends it too.</summary>
    public static async Task<string> ReadToEndAsync(TcpClient client)
    {
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        using var tooLong = new CancellationTokenSource(Limit);
        try
        {
            while (await client.GetStream().ReadAsync(buffer, tooLong.Token) is var read and > 0)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
        }

        return answer.ToString();
    }
}
