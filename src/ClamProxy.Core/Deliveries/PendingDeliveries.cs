namespace ClamProxy.Core.Deliveries;

/// <summary>
/// What is to be written next. Alike deliveries are one row already here: a file that one client takes a thousand times costs one write.
/// </summary>
internal sealed class PendingDeliveries(int most)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Dictionary<TakerKey, Taker>> _underWay = [];
    private Dictionary<TakerKey, Taker> _rows = [];
    private TaskCompletionSource _any = Signal();
    private TaskCompletionSource _full = Signal();
    private TaskCompletionSource _taken = Signal();

    /// <summary>Completed when there is something.</summary>
    public Task Any => Read(ref _any);

    /// <summary>Completed when there is no room.</summary>
    public Task Full => Read(ref _full);

    /// <summary>Completed when what is there now is taken out to be written.</summary>
    public Task Taken => Read(ref _taken);

    /// <returns>False: there is no room.</returns>
    public bool TryAdd(string sha256, Taker taker)
    {
        var key = TakerKey.Of(sha256, taker);
        lock (_gate)
        {
            if (_rows.TryGetValue(key, out var known))
            {
                _rows[key] = known.With(taker);
                return true;
            }

            var fits = _rows.Count < most;
            if (fits)
            {
                _rows.Add(key, taker);
            }

            Tell();
            return fits;
        }
    }

    /// <summary>Whether there are rows of a content that are not known to be written.</summary>
    public bool Has(string sha256)
    {
        lock (_gate)
        {
            return _underWay.Append(_rows).Any(rows => rows.Keys.Any(key => key.Sha256 == sha256));
        }
    }

    /// <summary>Takes all rows out. Then they are <see cref="Written"/> or <see cref="PutBack"/>.</summary>
    public Dictionary<TakerKey, Taker> Take()
    {
        lock (_gate)
        {
            var rows = _rows;
            (_rows, _any, _full) = ([], Signal(), Signal());
            _underWay.Add(rows);
            _taken.SetResult();
            _taken = Signal();
            return rows;
        }
    }

    public void Written(Dictionary<TakerKey, Taker> rows)
    {
        lock (_gate)
        {
            _underWay.Remove(rows);
        }
    }

    /// <summary>Puts rows back that could not be written: they count, so that nothing is added while there are too many.</summary>
    public void PutBack(Dictionary<TakerKey, Taker> rows)
    {
        lock (_gate)
        {
            _underWay.Remove(rows);
            foreach (var (key, newer) in _rows)
            {
                rows[key] = rows.TryGetValue(key, out var older) ? older.With(newer) : newer;
            }

            _rows = rows;
            Tell();
        }
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task Read(ref TaskCompletionSource signal)
    {
        lock (_gate)
        {
            return signal.Task;
        }
    }

    private void Tell()
    {
        if (_rows.Count > 0)
        {
            _any.TrySetResult();
        }

        if (_rows.Count >= most)
        {
            _full.TrySetResult();
        }
    }
}
