using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClamProxy.TestKit;

/// <summary>A name server in a dictionary: each name has a row of answers, the last of which stays.</summary>
public sealed class FakeResolver
{
    private readonly ConcurrentDictionary<string, Queue<IPAddress[]>> _answers = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<string> _asked = new();

    /// <summary>The names that were looked up, in order.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>Adds the next answer for a name; a rebinding name has two.</summary>
    public FakeResolver Add(string name, params string[] addresses)
    {
        _answers.GetOrAdd(name, _ => new Queue<IPAddress[]>()).Enqueue([.. addresses.Select(IPAddress.Parse)]);
        return this;
    }

    public IPAddress[] Resolve(string host)
    {
        _asked.Enqueue(host);
        if (!_answers.TryGetValue(host.TrimEnd('.'), out var answers))
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        lock (answers)
        {
            return answers.Count > 1 ? answers.Dequeue() : answers.Peek();
        }
    }
}
