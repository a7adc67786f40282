namespace ClamProxy.Core.Admission;

/// <summary>
/// The clients that want one piece of work at this moment, such as the download and scan of one file. Whoever decides by client (whose turn
/// it is, in whose share it counts) follows who comes and who leaves. The last client stays here although it has left, until another comes:
/// work that goes on for nobody is still that client's.
/// </summary>
public sealed class WaitingClients
{
    /// <summary>The name of a client that nobody can tell from others.</summary>
    public const string Nobody = "";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _waiting = new(StringComparer.Ordinal);
    private readonly List<Watch> _watches = [];

    private WaitingClients()
    {
    }

    /// <summary>One of them; null: nobody, or nobody in particular.</summary>
    public string? First
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Keys.FirstOrDefault() is { Length: > 0 } client ? client : null;
            }
        }
    }

    public static WaitingClients Of(string? client)
    {
        var clients = new WaitingClients();
        clients.Add(client);
        return clients;
    }

    /// <summary>Nobody yet: for work that is wanted by those who want other work (<see cref="AlsoWant"/>).</summary>
    internal static WaitingClients OfNone() => new();

    /// <param name="client">Who wants it too, or once more; null: nobody in particular.</param>
    public void Add(string? client)
    {
        var comer = client ?? Nobody;
        lock (_gate)
        {
            var gone = _waiting.Count == 1 && _waiting.ContainsValue(0) ? _waiting.First().Key : null;
            var isNew = !_waiting.TryGetValue(comer, out var count);
            _waiting[comer] = count + 1;
            if (isNew)
            {
                _watches.ForEach(watch => watch.Came(comer));
            }

            if (gone is not null && gone != comer)
            {
                Forget(gone, comer);
            }
        }
    }

    /// <summary>Takes back one <see cref="Add"/>; one that was never made is nothing to take back.</summary>
    public void Remove(string? client)
    {
        var leaver = client ?? Nobody;
        lock (_gate)
        {
            if (!_waiting.TryGetValue(leaver, out var count) || count == 0)
            {
                return;
            }

            _waiting[leaver] = count - 1;
            if (count == 1 && _waiting.Count > 1)
            {
                Forget(leaver, _waiting.First(other => other.Key != leaver).Key);
            }
        }
    }

    /// <summary>Follows who wants it, from those who do so now on. What is called must not wait, and must not call back here.</summary>
    /// <param name="came">Told each client that wants it.</param>
    /// <param name="left">Told each client that does so no more, and one that still does.</param>
    /// <param name="assumed">A client that the caller takes for one of them; where it is none, it is told as one that has left.</param>
    /// <returns>Ends it.</returns>
    internal IDisposable Follow(Action<string> came, Action<string, string> left, string? assumed = null)
    {
        var watch = new Watch(this, came, left);
        lock (_gate)
        {
            foreach (var client in _waiting.Keys)
            {
                came(client);
            }

            if (assumed is not null && _waiting.Count > 0 && !_waiting.ContainsKey(assumed))
            {
                left(assumed, _waiting.First().Key);
            }

            _watches.Add(watch);
        }

        return watch;
    }

    /// <summary>
    /// Until what is returned is disposed of, whoever wants this wants other work as well: comers come there too, and leavers leave.
    /// </summary>
    /// <param name="work">Who wants that work. It must not lead back here.</param>
    internal IDisposable AlsoWant(WaitingClients work) => new Wish(this, work);

    private void Forget(string client, string other)
    {
        _waiting.Remove(client);
        _watches.ForEach(watch => watch.Left(client, other));
    }

    private sealed record Watch(WaitingClients Clients, Action<string> Came, Action<string, string> Left) : IDisposable
    {
        public void Dispose()
        {
            lock (Clients._gate)
            {
                Clients._watches.Remove(this);
            }
        }
    }

    private sealed class Wish : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly HashSet<string> _there = new(StringComparer.Ordinal);
        private readonly WaitingClients _work;
        private readonly IDisposable _watch;
        private bool _isOver;

        public Wish(WaitingClients clients, WaitingClients work)
        {
            _work = work;
            _watch = clients.Follow(Come, (client, _) => Leave(client));
        }

        public void Dispose()
        {
            _watch.Dispose();
            lock (_gate)
            {
                _isOver = true;
                foreach (var client in _there)
                {
                    _work.Remove(client);
                }

                _there.Clear();
            }
        }

        private void Come(string client)
        {
            lock (_gate)
            {
                if (!_isOver && _there.Add(client))
                {
                    _work.Add(client);
                }
            }
        }

        private void Leave(string client)
        {
            lock (_gate)
            {
                if (_there.Remove(client))
                {
                    _work.Remove(client);
                }
            }
        }
    }
}
