namespace ClamProxy.Access;

/// <summary>
/// Passwords that wait to be checked. Clients take turns; those that lately gave a wrong one come after all others, and lose their places
/// first when too many wait. So guesses, from however many addresses, do not keep a new user out. Guarded by <see cref="PasswordCheck"/>.
/// </summary>
internal sealed class PasswordQueue(int most, int mostPerClient)
{
    // In the order of turns.
    private readonly List<List<PasswordWaiter>> _lines = [];
    private int _count;

    public int Count => _count;

    /// <summary>One of this client's that waits with the same password for the same name; null: none.</summary>
    public PasswordWaiter? Find(string client, int whose, byte[] mark) =>
        LineOf(client)?.Find(waiter => waiter.Whose == whose && waiter.Mark.AsSpan().SequenceEqual(mark));

    /// <summary>Lets one wait.</summary>
    /// <param name="isWrongdoer">Whether a client lately gave a wrong password.</param>
    /// <returns>Who has to go: null for nobody; the one that came, or another that has less claim to a place.</returns>
    public PasswordWaiter? Add(PasswordWaiter waiter, Func<string, bool> isWrongdoer)
    {
        var line = LineOf(waiter.Client);
        if (line is null)
        {
            line = [];
            _lines.Add(line);
        }

        line.Add(waiter);
        _count++;
        var surplus = line.Count > mostPerClient ? waiter : _count > most ? LeastClaim(line, isWrongdoer)[^1] : null;
        if (surplus is not null)
        {
            Remove(surplus);
        }

        return surplus;
    }

    /// <summary>Takes out the one whose turn it is; null: nobody waits.</summary>
    public PasswordWaiter? TakeNext(Func<string, bool> isWrongdoer)
    {
        var line = _lines.Find(one => !isWrongdoer(one[0].Client)) ?? _lines.FirstOrDefault();
        if (line is null)
        {
            return null;
        }

        var next = line[0];
        _lines.Remove(line);
        _lines.Add(line);
        Remove(next);
        return next;
    }

    public void Remove(PasswordWaiter waiter)
    {
        if (LineOf(waiter.Client) is { } line && line.Remove(waiter))
        {
            _count--;
            if (line.Count == 0)
            {
                _lines.Remove(line);
            }
        }
    }

    private List<PasswordWaiter>? LineOf(string client) => _lines.Find(line => line[0].Client == client);

    /// <summary>A client that gave a wrong password, or else the one with the most waiting; the comer's own among equals.</summary>
    private List<PasswordWaiter> LeastClaim(List<PasswordWaiter> comers, Func<string, bool> isWrongdoer)
    {
        var least = comers;
        foreach (var line in _lines)
        {
            if ((isWrongdoer(line[0].Client), line.Count).CompareTo((isWrongdoer(least[0].Client), least.Count)) > 0)
            {
                least = line;
            }
        }

        return least;
    }
}
