using System.Net;
using System.Net.Sockets;

namespace ClamProxy.TestKit;

/// <summary>A loopback TCP port for a server that cannot choose one itself.</summary>
public static class FreePort
{
    // Below the range the kernel takes outgoing connections' ports from (net.ipv4.ip_local_port_range), which would take one away again.
    private const int First = 15_000;
    private const int Count = 15_000;

    private static int _next = Environment.ProcessId * 211;

    /// <summary>A port that nothing listens on, and that this process has not given away before.</summary>
    public static int Next()
    {
        for (var tried = 0; tried < Count; tried++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"no port is free between {First} and {First + Count}");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
