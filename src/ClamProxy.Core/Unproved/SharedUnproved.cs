using ClamProxy.Core.Redis;
using StackExchange.Redis;

namespace ClamProxy.Core.Unproved;

/// <summary>
/// The same memory in the Redis of the verdicts, so that it outlives this process and other processes know of it. One hash for each client
/// and URL, one field for each transfer: empty while its bytes leave. Redis away: what it holds is not known, inside its short deadline.
/// </summary>
internal sealed class SharedUnproved(RedisCalls calls, UnprovedOptions options)
{
    public async ValueTask SaveAsync(UnprovedEntry entry) => await calls.RunAsync(
        RedisCall.SaveUnproved,
        async redis =>
        {
            var saved = redis.HashSetAsync(entry.Key, entry.Id, entry.Piece?.Write() ?? "");
            await redis.KeyExpireAsync(entry.Key, options.RememberFor).ConfigureAwait(false);
            await saved.ConfigureAwait(false);
            return null;
        },
        CancellationToken.None).ConfigureAwait(false);

    public async ValueTask RemoveAsync(UnprovedEntry entry) => await calls.RunAsync(
        RedisCall.DropUnproved,
        async redis =>
        {
            await redis.HashDeleteAsync(entry.Key, entry.Id).ConfigureAwait(false);
            return null;
        },
        CancellationToken.None).ConfigureAwait(false);

    /// <returns>What each transfer of a key sent, by its name; null: bytes may still be leaving, or nobody knows what left.</returns>
    public async ValueTask<IReadOnlyDictionary<string, UnprovedPiece?>> FindAsync(string key, CancellationToken cancellationToken)
    {
        HashEntry[] found = [];
        var answer = await calls.RunAsync(
            RedisCall.FindUnproved,
            async redis =>
            {
                found = await redis.HashGetAllAsync(key).ConfigureAwait(false);
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        return answer.HasAnswered
            ? found.ToDictionary(field => field.Name.ToString(), field => UnprovedPiece.Read(field.Value.ToString()))
            : [];
    }
}
