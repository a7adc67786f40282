using ClamProxy.Core.Download;

namespace ClamProxy.Core.Unproved;

/// <summary>
/// Which client was sent the beginning of which file before it was found clean. A trickled beginning and the rest of another file, which a
/// client puts together by resuming, would be a file that no scanner saw: so a range is given only from a content that has what was sent.
/// In this process always; shared over Redis where there is one.
/// </summary>
public sealed class UnprovedTransfers
{
    private static readonly TimeSpan SettlePoll = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<UnprovedEntry>> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ofClient = new(StringComparer.Ordinal);
    private readonly LinkedList<UnprovedEntry> _settled = [];
    private readonly UnprovedOptions _options;
    private readonly SharedUnproved? _shared;
    private readonly UnprovedMetrics _metrics;
    private readonly TimeProvider _clock;
    private int _count;

    internal UnprovedTransfers(UnprovedOptions options, SharedUnproved? shared, UnprovedMetrics metrics, TimeProvider clock)
    {
        (_options, _shared, _metrics, _clock) = (options, shared, metrics, clock);
        metrics.ObserveEntries(() => Count);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>To be called before the first byte leaves.</summary>
    /// <returns>Null: there is no room to remember it, so nothing may leave before the verdict.</returns>
    public async ValueTask<UnprovedTransfer?> TryBeginAsync(string? client, Target target)
    {
        var whose = UnprovedKeys.Client(client);
        var entry = new UnprovedEntry(UnprovedKeys.Of(whose, target), whose);
        if (!TryAdd(entry))
        {
            _metrics.Held();
            return null;
        }

        await SaveAsync(entry).ConfigureAwait(false);
        return new UnprovedTransfer(this, entry);
    }

    /// <summary>Whether a client was sent anything of an URL that it may still hold for the file.</summary>
    public async ValueTask<bool> HasAsync(string? client, Target target, CancellationToken cancellationToken) =>
        (await FindAsync(UnprovedKeys.Of(UnprovedKeys.Client(client), target), cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <summary>Finds what a client was sent of an URL. Where bytes are still leaving it waits a little for their end.</summary>
    /// <returns>One for each transfer; null: bytes may still be leaving, so that nothing fits them.</returns>
    public async ValueTask<IReadOnlyList<UnprovedPiece?>> FindAsync(string? client, Target target, CancellationToken cancellationToken)
    {
        var key = UnprovedKeys.Of(UnprovedKeys.Client(client), target);
        var started = _clock.GetTimestamp();
        while (true)
        {
            var found = await FindAsync(key, cancellationToken).ConfigureAwait(false);
            if (!found.Contains(null) || _clock.GetElapsedTime(started) >= _options.SettleWithin)
            {
                return found;
            }

            await Task.Delay(SettlePoll, _clock, cancellationToken).ConfigureAwait(false);
        }
    }

    internal async ValueTask SettleAsync(UnprovedEntry entry, UnprovedPiece piece)
    {
        lock (_gate)
        {
            if (!IsKept(entry))
            {
                return;
            }

            Unlist(entry);
            (entry.Piece, entry.SettledAt) = (piece, _clock.GetTimestamp());
            _settled.AddLast(entry.Place);
        }

        await SaveAsync(entry).ConfigureAwait(false);
    }

    internal async ValueTask ForgetAsync(UnprovedEntry entry)
    {
        lock (_gate)
        {
            if (!IsKept(entry))
            {
                return;
            }

            Remove(entry);
        }

        if (_shared is not null)
        {
            await _shared.RemoveAsync(entry).ConfigureAwait(false);
        }
    }

    private ValueTask SaveAsync(UnprovedEntry entry) => _shared?.SaveAsync(entry) ?? default;

    private async ValueTask<IReadOnlyList<UnprovedPiece?>> FindAsync(string key, CancellationToken cancellationToken)
    {
        var everywhere = _shared is null ? null : await _shared.FindAsync(key, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            DropExpired();
            var here = _byKey.GetValueOrDefault(key) ?? [];
            var elsewhere = everywhere?.Where(other => !here.Exists(entry => entry.Id == other.Key)).Select(other => other.Value) ?? [];
            return [.. here.Select(entry => entry.Piece), .. elsewhere];
        }
    }

    private bool TryAdd(UnprovedEntry entry)
    {
        lock (_gate)
        {
            DropExpired();
            var ofClient = _ofClient.GetValueOrDefault(entry.Client);
            if (_count >= _options.MaxEntries || ofClient >= _options.MaxPerClient)
            {
                return false;
            }

            if (!_byKey.TryGetValue(entry.Key, out var sameKey))
            {
                _byKey[entry.Key] = sameKey = [];
            }

            sameKey.Add(entry);
            _ofClient[entry.Client] = ofClient + 1;
            _count++;
            return true;
        }
    }

    private bool IsKept(UnprovedEntry entry) => _byKey.TryGetValue(entry.Key, out var sameKey) && sameKey.Contains(entry);

    private void DropExpired()
    {
        while (_settled.First is { Value: var oldest } && _clock.GetElapsedTime(oldest.SettledAt) >= _options.RememberFor)
        {
            Remove(oldest);
        }
    }

    private void Unlist(UnprovedEntry entry)
    {
        if (entry.Place.List is not null)
        {
            _settled.Remove(entry.Place);
        }
    }

    private void Remove(UnprovedEntry entry)
    {
        Unlist(entry);
        _byKey[entry.Key].Remove(entry);
        if (_byKey[entry.Key].Count == 0)
        {
            _byKey.Remove(entry.Key);
        }

        if (--_ofClient[entry.Client] == 0)
        {
            _ofClient.Remove(entry.Client);
        }

        _count--;
    }
}
