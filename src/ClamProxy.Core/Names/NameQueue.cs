namespace ClamProxy.Core.Names;

/// <summary>
/// Names that wait for a thread. Clients take turns, and none has more than its share of the threads. A name that several clients ask for
/// waits in each one's line and is started in whichever turn comes first, so that nobody waits behind another client's names. Guarded by
/// <see cref="NameResolver"/>.
/// </summary>
internal sealed class NameQueue(int threadsPerClient, int mostPerClient)
{
    private readonly Dictionary<string, LinkedListNode<ClientNames>> _lines = new(StringComparer.Ordinal);
    private readonly LinkedList<ClientNames> _turns = [];

    /// <summary>Clients that have a name here: none stays without.</summary>
    public int Clients => _lines.Count;

    /// <summary>Lets a name wait in this client's line too, unless it does already.</summary>
    /// <returns>False when that client has as many waiting as it may.</returns>
    public bool TryAdd(NameQuery query, string client)
    {
        if (query.Lines.Exists(line => line.Client == client))
        {
            return true;
        }

        if (!_lines.TryGetValue(client, out var node))
        {
            node = _turns.AddLast(new ClientNames(client));
            _lines.Add(client, node);
        }

        if (node.Value.Waiting.Count >= mostPerClient)
        {
            return false;
        }

        node.Value.Waiting.AddLast(query);
        query.Lines.Add(node.Value);
        return true;
    }

    /// <summary>Takes out the name whose turn it is; null when no client may have one more thread.</summary>
    public NameQuery? TakeNext()
    {
        for (var node = _turns.First; node is not null; node = node.Next)
        {
            var line = node.Value;
            if (line.Running < threadsPerClient && line.Waiting.First?.Value is { } query)
            {
                line.Running++;
                query.StartedFor = line;
                _turns.Remove(node);
                _turns.AddLast(node);
                Withdraw(query);
                return query;
            }
        }

        return null;
    }

    /// <summary>Takes a name out of every line that it waits in.</summary>
    public void Withdraw(NameQuery query)
    {
        foreach (var line in query.Lines)
        {
            line.Waiting.Remove(query);
            DropIfEmpty(line);
        }

        query.Lines.Clear();
    }

    /// <summary>Gives back the thread that a name had.</summary>
    public void Finish(NameQuery query)
    {
        query.StartedFor!.Running--;
        DropIfEmpty(query.StartedFor);
    }

    private void DropIfEmpty(ClientNames line)
    {
        if (line.IsEmpty && _lines.Remove(line.Client, out var node))
        {
            _turns.Remove(node);
        }
    }
}
