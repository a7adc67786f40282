using System.Net;

namespace ClamProxy.Core.Download;

/// <summary>Looks a host name up. The system's resolver unless a test puts another in its place.</summary>
/// <param name="host">The name, in ASCII.</param>
/// <param name="cancellationToken">Ends the wait.</param>
public delegate Task<IPAddress[]> NameResolver(string host, CancellationToken cancellationToken);
