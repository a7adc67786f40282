using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Names;

/// <summary>What the system's resolver said of one name.</summary>
/// <param name="Error">Success when there are addresses.</param>
internal readonly record struct NameLookupResult(IPAddress[] Addresses, SocketError Error)
{
    public bool IsFailure => Error != SocketError.Success;
}
