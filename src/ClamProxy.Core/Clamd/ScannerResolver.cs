using System.Net;

namespace ClamProxy.Core.Clamd;

/// <summary>Looks a scanner's name up. The process's <see cref="Names.NameResolver"/> unless something else is registered.</summary>
/// <param name="host">The name, in ASCII.</param>
/// <param name="cancellationToken">Ends the wait.</param>
public delegate Task<IPAddress[]> ScannerResolver(string host, CancellationToken cancellationToken);
