using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Tests.Download;

/// <summary>A loopback port that lets connection attempts hang: its backlog is full and nobody accepts.</summary>
internal sealed class DeafListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fillers = [];

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public static DeafListener Start(string address, int port = 0)
    {
        var deaf = new DeafListener();
        deaf._listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        deaf._listener.Listen(0);
        for (var i = 0; i < 3; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            deaf._fillers.Add(filler);
            try
            {
                filler.Connect(deaf._listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
            }
        }

        return deaf;
    }

    public void Dispose()
    {
        _fillers.ForEach(filler => filler.Dispose());
        _listener.Dispose();
    }
}
