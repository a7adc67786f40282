namespace ClamProxy.Core.Download;

/// <summary>How often each key is taken at the moment, up to a bound that holds for each by itself.</summary>
internal sealed class KeyedCount(int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    /// <summary>Keys that are taken: none stays here when nobody holds it.</summary>
    public int Keys
    {
        get
        {
            lock (_gate)
            {
                return _taken.Count;
            }
        }
    }

    /// <summary>Whether one more would leave at least half of the key's bound.</summary>
    public bool HasSpare(string key)
    {
        lock (_gate)
        {
            return _taken.GetValueOrDefault(key) < most / 2;
        }
    }

    public bool TryTake(string key)
    {
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(key);
            if (taken >= most)
            {
                return false;
            }

            _taken[key] = taken + 1;
            return true;
        }
    }

    public void Return(string key)
    {
        lock (_gate)
        {
            if (--_taken[key] == 0)
            {
                _taken.Remove(key);
            }
        }
    }
}
