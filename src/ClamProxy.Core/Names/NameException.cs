using System.Net.Sockets;

namespace ClamProxy.Core.Names;

/// <summary>A name was not resolved.</summary>
/// <param name="name">The name that was asked for.</param>
/// <param name="error">
/// What the system's resolver said; <see cref="SocketError.TimedOut"/> when it said nothing in time,
/// <see cref="SocketError.NoBufferSpaceAvailable"/> when too many names were waiting already.
/// </param>
public sealed class NameException(string name, SocketError error) : SocketException((int)error)
{
    public string Name { get; } = name;

    /// <summary>The name was not asked for: too many were waiting.</summary>
    public bool IsOverload => SocketErrorCode == SocketError.NoBufferSpaceAvailable;
}
