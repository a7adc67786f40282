namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>
/// Who has the places of callbacks that are sent at once: one server has half of them at most, so that one that is slow to answer does not
/// keep all others waiting.
/// </summary>
internal sealed class CallbackPlaces(CallbackOptions options)
{
    private static readonly TimeSpan s_leastPause = TimeSpan.FromSeconds(1);

    /// <summary>What putting off and looking again costs the store is spread over so much longer a pause.</summary>
    private static readonly TimeSpan s_each = TimeSpan.FromMilliseconds(10);

    private readonly int _most = Math.Max(1, options.MaxAtOnce / 2);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Server> _servers = new(StringComparer.Ordinal);

    /// <param name="server">Host and port.</param>
    /// <returns>Null: it has a place, to be left; else how long to put it off, for its server has all that it may have.</returns>
    public TimeSpan? Enter(string server)
    {
        lock (_gate)
        {
            if (!_servers.TryGetValue(server, out var one))
            {
                _servers[server] = one = new Server();
            }

            if (one.UnderWay < _most)
            {
                one.UnderWay++;
                return null;
            }

            var pause = s_each * ++one.PutOff;
            return pause < s_leastPause ? s_leastPause : pause < options.Timeout ? pause : options.Timeout;
        }
    }

    public void Leave(string server)
    {
        lock (_gate)
        {
            var one = _servers[server];
            one.PutOff = 0;
            if (--one.UnderWay == 0)
            {
                _servers.Remove(server);
            }
        }
    }

    private sealed class Server
    {
        public int UnderWay { get; set; }

        public int PutOff { get; set; }
    }
}
