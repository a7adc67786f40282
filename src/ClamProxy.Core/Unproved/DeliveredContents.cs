using ClamProxy.Core.Download;

namespace ClamProxy.Core.Unproved;

/// <summary>
/// Of which clean contents a client was given bytes, by URL. Parts of several clean contents, which a client puts together, would be a file
/// that no scanner saw: so a part is given only of a content that has all that is remembered. In this process always; shared over Redis
/// where there is one.
/// </summary>
public sealed class DeliveredContents
{
    /// <summary>Each round is due to another content that was given meanwhile.</summary>
    private const int MostRounds = 4;

    /// <summary>Other processes are notified again after this part of the time for which they remember it.</summary>
    private const int ShareTimes = 4;

    /// <summary>A transfer that took a smaller part of that time than this is remembered from its beginning on.</summary>
    private const int RenewTimes = 60;

    private readonly DeliveredContentList _here;
    private readonly UnprovedOptions _options;
    private readonly SharedContents? _shared;
    private readonly TimeProvider _clock;

    internal DeliveredContents(UnprovedOptions options, SharedContents? shared, UnprovedMetrics metrics, TimeProvider clock)
    {
        (_options, _shared, _clock, _here) = (options, shared, clock, new DeliveredContentList(options, clock));
        metrics.ObserveGiven(() => Count);
    }

    public int Count => _here.Count;

    /// <summary>Whether a client was given bytes of an URL.</summary>
    public async ValueTask<bool> HasAsync(string? client, Target target, CancellationToken cancellationToken) =>
        (await FindAsync(UnprovedKeys.OfGiven(UnprovedKeys.Client(client), target), cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <summary>
    /// Remembers a content that is given as a whole, or was: a client that requests no part starts again. Other processes are notified
    /// meanwhile: no whole file waits for that, and a client has to take some of it before it can go on elsewhere.
    /// </summary>
    public void Remember(string? client, Target target, UnprovedPiece content)
    {
        var whose = UnprovedKeys.Client(client);
        var given = _here.TryAdd(UnprovedKeys.OfGiven(whose, target), whose, content, besides: null)!;
        if (IsToBeShared(given))
        {
            _ = ShareWholeAsync(given);
        }
    }

    /// <summary>
    /// Remembers a content again whose transfer is over, where that took so long that its time would end noticeably sooner.
    /// </summary>
    /// <param name="since">The clock's timestamp when it was remembered before.</param>
    public void RememberAgain(string? client, Target target, UnprovedPiece content, long since)
    {
        if (_clock.GetElapsedTime(since) >= _options.RememberPartsFor / RenewTimes)
        {
            Remember(client, target, content);
        }
    }

    /// <summary>
    /// Asks other processes what they remember, ahead of <see cref="TryRememberAsync"/>, while something else is waited for.
    /// </summary>
    /// <returns>Null: there are none, or nobody knows.</returns>
    public async Task<IReadOnlyList<UnprovedPiece>?> AskAheadAsync(string? client, Target target, CancellationToken cancellationToken) =>
        _shared is null
        ? null
        : await _shared.FindAsync(UnprovedKeys.OfGiven(UnprovedKeys.Client(client), target), cancellationToken).ConfigureAwait(false);

    /// <summary>Remembers a content, unless the client was given bytes of another one. To be called before a part of it is given.</summary>
    /// <param name="client">The client's address.</param>
    /// <param name="target">The URL.</param>
    /// <param name="content">All of the content.</param>
    /// <param name="hasAsync">Whether the content has all of another one at its place, such as a file to which something was
    /// appended.</param>
    /// <param name="cancellationToken">The client's leaving.</param>
    /// <param name="ahead">What <see cref="AskAheadAsync"/> found just now; null: they are asked.</param>
    /// <returns>False: no part of it may be given.</returns>
    public async ValueTask<bool> TryRememberAsync(
        string? client,
        Target target,
        UnprovedPiece content,
        Func<UnprovedPiece, ValueTask<bool>> hasAsync,
        CancellationToken cancellationToken,
        IReadOnlyList<UnprovedPiece>? ahead = null)
    {
        var whose = UnprovedKeys.Client(client);
        var key = UnprovedKeys.OfGiven(whose, target);
        var fitting = new HashSet<UnprovedPiece> { content };
        var others = ahead is null ? await FindAsync(key, cancellationToken).ConfigureAwait(false) : [.. _here.Find(key).Union(ahead)];
        for (var round = 0; round < MostRounds; round++)
        {
            if (!await HasAllAsync(others, fitting, hasAsync).ConfigureAwait(false))
            {
                return false;
            }

            if (_here.TryAdd(key, whose, content, besides: fitting) is not { } given)
            {
                others = _here.Find(key);
                continue;
            }

            // Two processes may be asked for parts of two contents at once: the second one in Redis finds the first.
            var everywhere = IsToBeShared(given) ? await _shared!.AddAsync(key, content).ConfigureAwait(false) : null;
            if (await HasAllAsync(everywhere ?? [], fitting, hasAsync).ConfigureAwait(false))
            {
                // Not before: whoever asks for the same meanwhile has to find the conflict too.
                given.SharedAt = everywhere is null ? given.SharedAt : _clock.GetTimestamp();
                _here.Replace(given, fitting);
                await ForgetAsync(key, [.. fitting.Where(other => other != content)]).ConfigureAwait(false);
                return true;
            }

            // It stays remembered: another request may be about to be given of it, and one content too many only refuses.
            return false;
        }

        return false;
    }

    private static async ValueTask<bool> HasAllAsync(
        IReadOnlyList<UnprovedPiece> others, HashSet<UnprovedPiece> fitting, Func<UnprovedPiece, ValueTask<bool>> hasAsync)
    {
        foreach (var other in others)
        {
            if (!fitting.Contains(other) && !await hasAsync(other).ConfigureAwait(false))
            {
                return false;
            }

            fitting.Add(other);
        }

        return true;
    }

    private async ValueTask<IReadOnlyList<UnprovedPiece>> FindAsync(string key, CancellationToken cancellationToken) => _shared is null
        ? _here.Find(key)
        : [.. _here.Find(key).Union(await _shared.FindAsync(key, cancellationToken).ConfigureAwait(false) ?? [])];

    private async Task ShareWholeAsync(DeliveredContent given)
    {
        if (await _shared!.AddAsync(given.Key, given.Content).ConfigureAwait(false) is [var one] && one == given.Content)
        {
            given.SharedAt = _clock.GetTimestamp();
        }
    }

    private bool IsToBeShared(DeliveredContent given) =>
        _shared is not null && !(given.SharedAt is { } last && _clock.GetElapsedTime(last) < _options.RememberPartsFor / ShareTimes);

    private ValueTask ForgetAsync(string key, UnprovedPiece[] contents) =>
        contents.Length > 0 && _shared is not null ? _shared.RemoveAsync(key, contents) : default;
}
