using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClamProxy.TestKit;

/// <summary>
/// A name server that never answers for names that begin with "silent", knows none that begin with "unknown" and sends all others to
/// 127.0.0.1.
/// </summary>
public sealed class SilentResolver : IDisposable
{
    private readonly ManualResetEventSlim _gaveUp = new();
    private readonly SemaphoreSlim _wasAsked = new(0);
    private readonly ConcurrentQueue<string> _asked = new();
    private int _poolThreads;

    /// <summary>The names that were asked for, in order.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>How many look-ups blocked a thread of the pool.</summary>
    public int PoolThreads => _poolThreads;

    public IPAddress[] Resolve(string name)
    {
        _asked.Enqueue(name);
        if (Thread.CurrentThread.IsThreadPoolThread)
        {
            Interlocked.Increment(ref _poolThreads);
        }

        _wasAsked.Release();
        if (name.StartsWith("silent", StringComparison.Ordinal))
        {
            _gaveUp.Wait();
            throw new SocketException((int)SocketError.TryAgain);
        }

        return name.StartsWith("unknown", StringComparison.Ordinal)
            ? throw new SocketException((int)SocketError.HostNotFound)
            : [IPAddress.Loopback];
    }

    /// <summary>Waits until one more name has been asked for.</summary>
    public Task WasAskedAsync(CancellationToken cancellationToken) => _wasAsked.WaitAsync(cancellationToken);

    /// <summary>Ends all look-ups of silent names, as the system does when its own time is over.</summary>
    public void GiveUp() => _gaveUp.Set();

    public void Dispose() => GiveUp();
}
