using System.Net.Sockets;

namespace ClamProxy.Core.Redis;

/// <summary>One connection, which tells when it ends.</summary>
internal sealed class RedisStream(Socket socket, Action<RedisStream> ended) : NetworkStream(socket, ownsSocket: true)
{
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            ended(this);
        }
    }
}
