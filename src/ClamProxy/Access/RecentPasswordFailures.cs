namespace ClamProxy.Access;

/// <summary>
/// Clients that lately gave a wrong password, up to a bound; the oldest make room. Guarded by <see cref="PasswordCheck"/>.
/// </summary>
internal sealed class RecentPasswordFailures(TimeSpan memory, int most, TimeProvider clock)
{
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Client, long At)> _order = new();

    public bool Contain(string client) => _seen.TryGetValue(client, out var at) && clock.GetElapsedTime(at) < memory;

    public void Add(string client)
    {
        var now = clock.GetTimestamp();
        _seen[client] = now;
        _order.Enqueue((client, now));

        // A client stands in the order once for each wrong password; only its newest place is its place.
        while (_order.TryPeek(out var oldest) && (_order.Count > most || clock.GetElapsedTime(oldest.At) >= memory))
        {
            _order.Dequeue();
            if (_seen.GetValueOrDefault(oldest.Client) == oldest.At)
            {
                _seen.Remove(oldest.Client);
            }
        }
    }

    public void Remove(string client) => _seen.Remove(client);
}
