using System.Net;

namespace ClamProxy.Core.Names;

/// <summary>
/// Resolves a name as the system does (getaddrinfo: hosts file, search domains, nsswitch) and blocks its thread meanwhile.
/// </summary>
/// <param name="name">The name, in ASCII.</param>
/// <returns>Its addresses.</returns>
/// <exception cref="System.Net.Sockets.SocketException">It has none, or no name server answered.</exception>
public delegate IPAddress[] SystemResolver(string name);
