using System.Net;
using System.Net.Sockets;

namespace ClamProxy.TestKit;

/// <summary>The two sockets of one connection through a <see cref="FlakyRelay"/>.</summary>
internal sealed class RelayedConnection(Socket client, EndPoint target, IPAddress? source = null)
{
    private int _isReset;

    public Socket Client { get; } = client;

    public Socket Target { get; } = target is UnixDomainSocketEndPoint
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (source is not null)
        {
            Target.Bind(new IPEndPoint(source, 0));
        }

        await Target.ConnectAsync(target, cancellationToken);
        if (Target.AddressFamily != AddressFamily.Unix)
        {
            Target.NoDelay = true;
        }

        // Without it the kernel would put torn bytes together again.
        Client.NoDelay = true;
    }

    /// <summary>Ends both sides with a reset, unsent bytes dropped.</summary>
    public void Reset()
    {
        if (Interlocked.Exchange(ref _isReset, 1) == 0)
        {
            Client.LingerState = new LingerOption(true, 0);
            Client.Dispose();
            Target.Dispose();
        }
    }
}
