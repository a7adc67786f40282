using System.Globalization;
using ClamProxy.Core.Redis;
using StackExchange.Redis;

namespace ClamProxy.Core.Unproved;

/// <summary>
/// The contents of which bytes were given, in the Redis of the verdicts. One hash for each client and URL, one field for each content: the
/// second in which it was last told of. Redis away: what it holds is not known, inside its short deadline.
/// </summary>
internal sealed class SharedContents(RedisCalls calls, UnprovedOptions options, TimeProvider clock)
{
    /// <summary>Adds a content and reads all in one step: of two that are added at once, the second sees the first.</summary>
    /// <returns>All that are remembered; null: nobody knows.</returns>
    public async ValueTask<IReadOnlyList<UnprovedPiece>?> AddAsync(string key, UnprovedPiece content)
    {
        HashEntry[] found = [];
        var answer = await calls.RunAsync(
            RedisCall.SaveGiven,
            async redis =>
            {
                var step = redis.CreateTransaction();
                var saved = step.HashSetAsync(key, content.Write(), Now);
                var kept = step.KeyExpireAsync(key, options.RememberPartsFor);
                var read = step.HashGetAllAsync(key);
                await Task.WhenAll(step.ExecuteAsync(), saved, kept, read).ConfigureAwait(false);
                found = await read.ConfigureAwait(false);
                await DropOldAsync(redis, key, found).ConfigureAwait(false);
                return null;
            },
            CancellationToken.None).ConfigureAwait(false);
        return answer.HasAnswered ? Read(found) : null;
    }

    /// <returns>All that are remembered; null: nobody knows.</returns>
    public async ValueTask<IReadOnlyList<UnprovedPiece>?> FindAsync(string key, CancellationToken cancellationToken)
    {
        HashEntry[] found = [];
        var answer = await calls.RunAsync(
            RedisCall.FindGiven,
            async redis =>
            {
                found = await redis.HashGetAllAsync(key).ConfigureAwait(false);
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        return answer.HasAnswered ? Read(found) : null;
    }

    public async ValueTask RemoveAsync(string key, UnprovedPiece[] contents) => await calls.RunAsync(
        RedisCall.DropGiven,
        async redis =>
        {
            await redis.HashDeleteAsync(key, [.. contents.Select(content => (RedisValue)content.Write())]).ConfigureAwait(false);
            return null;
        },
        CancellationToken.None).ConfigureAwait(false);

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The hash lives as long as one of its fields is renewed: those that are not have to leave by themselves.</summary>
    private async Task DropOldAsync(IDatabase redis, string key, HashEntry[] found)
    {
        RedisValue[] old =
        [
            .. found.OrderByDescending(ToldAt).Where(
                (field, place) => place >= options.MaxPartsPerUrl || !IsRemembered(field)).Select(field => field.Name),
        ];
        if (old.Length > 0)
        {
            await redis.HashDeleteAsync(key, old).ConfigureAwait(false);
        }
    }

    private List<UnprovedPiece> Read(HashEntry[] found) =>
        [.. found.Where(IsRemembered).Select(field => UnprovedPiece.Read(field.Name.ToString())).OfType<UnprovedPiece>()];

    private bool IsRemembered(HashEntry field) => Now - ToldAt(field) < options.RememberPartsFor.TotalSeconds;

    private static long ToldAt(HashEntry field) =>
        long.TryParse(field.Value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var second) ? second : 0;
}
