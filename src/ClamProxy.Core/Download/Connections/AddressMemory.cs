using System.Net;

namespace ClamProxy.Core.Download.Connections;

/// <summary>
/// Addresses that did not answer, or not before another address of the same upstream did: for a while they are tried last. Up to a bound;
/// the oldest make room.
/// </summary>
internal sealed class AddressMemory(TimeSpan life, TimeProvider time)
{
    // A few hundred bytes each: less than 1 MB.
    private const int Most = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Host, int Port, IPAddress Address), long> _failed = [];
    private readonly Queue<(string Host, int Port, IPAddress Address)> _order = new();

    /// <summary>The addresses with those that failed behind the others; else in their order.</summary>
    public List<IPAddress> InOrder(string host, int port, IReadOnlyList<IPAddress> addresses) =>
        [.. addresses.OrderBy(address => HasFailed(host, port, address))];

    public bool HasFailed(string host, int port, IPAddress address)
    {
        lock (_gate)
        {
            return _failed.TryGetValue((host, port, address), out var at) && time.GetElapsedTime(at) < life;
        }
    }

    public void Failed(string host, int port, IPAddress address)
    {
        lock (_gate)
        {
            var key = (host, port, address);
            if (_failed.ContainsKey(key))
            {
                _failed[key] = time.GetTimestamp();
                return;
            }

            if (_failed.Count == Most)
            {
                _failed.Remove(_order.Dequeue());
            }

            _failed.Add(key, time.GetTimestamp());
            _order.Enqueue(key);
        }
    }
}
