using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>A name server with one answer, which the test changes.</summary>
internal sealed class FakeNames
{
    private int _asked;

    /// <summary>What every name leads to; null where the look-up fails.</summary>
    public string[]? Addresses { get; set; } = [];

    /// <summary>Look-ups never end.</summary>
    public bool IsSilent { get; set; }

    public int Asked => Volatile.Read(ref _asked);

    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        if (IsSilent)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return Addresses is { } addresses
            ? [.. addresses.Select(IPAddress.Parse)]
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Waits until it was asked so many times more.</summary>
    public async Task UntilAskedAsync(int more)
    {
        for (var wanted = Asked + more; Asked < wanted;)
        {
            await Task.Delay(5);
        }
    }
}
