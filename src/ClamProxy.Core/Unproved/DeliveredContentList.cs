namespace ClamProxy.Core.Unproved;

/// <summary>
/// The contents of which bytes were given, in this process. They are of proved bytes, so that room is made: by what was given longest ago,
/// of the same URL, of the same client, and only then of all.
/// </summary>
internal sealed class DeliveredContentList(UnprovedOptions options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<DeliveredContent>> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedList<DeliveredContent>> _ofClient = new(StringComparer.Ordinal);
    private readonly LinkedList<DeliveredContent> _all = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _all.Count;
            }
        }
    }

    public IReadOnlyList<UnprovedPiece> Find(string key)
    {
        lock (_gate)
        {
            DropExpired();
            return _byKey.TryGetValue(key, out var sameKey) ? [.. sameKey.Select(given => given.Content)] : [];
        }
    }

    /// <param name="key">The client and the URL.</param>
    /// <param name="client">The client.</param>
    /// <param name="content">What bytes are given of.</param>
    /// <param name="besides">The contents beside which it may be, for it has all of them; null: any.</param>
    /// <returns>What is remembered; null: there is another content.</returns>
    public DeliveredContent? TryAdd(string key, string client, UnprovedPiece content, HashSet<UnprovedPiece>? besides)
    {
        lock (_gate)
        {
            DropExpired();
            if (besides is null && _byKey.TryGetValue(key, out var all) && Newest(all, content) is { } newest)
            {
                Renew(newest);
                return newest;
            }

            var sameKey = _byKey.GetValueOrDefault(key) ?? [];
            if (besides is not null && sameKey.Exists(one => !besides.Contains(one.Content)))
            {
                return null;
            }

            var known = sameKey.Find(one => one.Content == content);
            if (known is not null)
            {
                Unlist(known);
            }
            else
            {
                MakeRoom(sameKey, client);
            }

            var given = known ?? new DeliveredContent(key, client, content);
            given.GivenAt = clock.GetTimestamp();
            List(given);
            return given;
        }
    }

    /// <summary>A content is given, in place of those that it has all of.</summary>
    public void Replace(DeliveredContent given, HashSet<UnprovedPiece> contained)
    {
        lock (_gate)
        {
            var sameKey = _byKey.GetValueOrDefault(given.Key) ?? [];
            sameKey.Where(one => one != given && contained.Contains(one.Content)).ToList().ForEach(Unlist);
        }
    }

    /// <summary>A content that was given last of its key; null: it was not.</summary>
    private static DeliveredContent? Newest(List<DeliveredContent> sameKey, UnprovedPiece content) =>
        sameKey[^1] is var newest && newest.Content == content ? newest : null;

    /// <summary>
    /// What most requests come to, so it makes nothing new: the place among those of its key stays, the others are the last again.
    /// </summary>
    private void Renew(DeliveredContent given)
    {
        var sameClient = _ofClient[given.Client];
        sameClient.Remove(given.PlaceOfClient);
        sameClient.AddLast(given.PlaceOfClient);
        _all.Remove(given.Place);
        _all.AddLast(given.Place);
        given.GivenAt = clock.GetTimestamp();
    }

    private void MakeRoom(List<DeliveredContent> sameKey, string client)
    {
        if (sameKey.Count >= options.MaxPartsPerUrl)
        {
            Unlist(sameKey[0]);
        }

        if (_ofClient.TryGetValue(client, out var sameClient)
            && (sameClient.Count >= options.MaxPartsPerClient || _all.Count >= options.MaxParts))
        {
            Unlist(sameClient.First!.Value);
        }
        else if (_all.Count >= options.MaxParts)
        {
            Unlist(_all.First!.Value);
        }
    }

    private void DropExpired()
    {
        while (_all.First is { Value: var oldest } && clock.GetElapsedTime(oldest.GivenAt) >= options.RememberPartsFor)
        {
            Unlist(oldest);
        }
    }

    private void List(DeliveredContent given)
    {
        if (!_byKey.TryGetValue(given.Key, out var sameKey))
        {
            _byKey[given.Key] = sameKey = [];
        }

        if (!_ofClient.TryGetValue(given.Client, out var sameClient))
        {
            _ofClient[given.Client] = sameClient = [];
        }

        sameKey.Add(given);
        sameClient.AddLast(given.PlaceOfClient);
        _all.AddLast(given.Place);
    }

    private void Unlist(DeliveredContent given)
    {
        _all.Remove(given.Place);
        var (sameKey, sameClient) = (_byKey[given.Key], _ofClient[given.Client]);
        sameKey.Remove(given);
        sameClient.Remove(given.PlaceOfClient);
        if (sameKey.Count == 0)
        {
            _byKey.Remove(given.Key);
        }

        if (sameClient.Count == 0)
        {
            _ofClient.Remove(given.Client);
        }
    }
}
